"""What stands below the map, as a person uses it: a bandwidth put in force, a picture fetched."""


def test_a_tested_bandwidth_is_put_in_force_and_the_scale_is_fetched(visit, demo_store):
    person = visit()
    person.enter("hotspots?panel=bandwidth", "analista", demo_store.sign_ins["analista"])
    page = person.page
    with page.expect_download() as caught:
        page.locator(".st-key-downloads_bandwidth_rules").get_by_role(
            "button", name="PNG", exact=True
        ).click()
    assert caught.value.path().read_bytes().startswith(b"\x89PNG")
    page.locator(".st-key-bandwidth_ask label").first.click()
    button = page.locator("[class*=st-key-use_bandwidth_] button").first
    button.wait_for()
    metres = button.inner_text().split()[1]
    button.click()
    page.wait_for_function(f"location.search.includes('bandwidth_m={metres}')")
    person.settle()
    assert f"--bandwidth-m {metres}" in page.locator("pre.command").first.inner_text()
    assert person.errors == []


def test_two_maps_stand_side_by_side(visit, demo_store):
    person = visit()
    person.enter("hotspots?panel=compare", "analista", demo_store.sign_ins["analista"])
    other, this = (person.page.locator(f".st-key-map_compare_{name}") for name in ("other", "this"))
    this.wait_for()
    one, two = other.bounding_box(), this.bounding_box()
    assert abs(one["y"] - two["y"]) < 1 and abs(one["width"] - two["width"]) < 1
    assert one["x"] + one["width"] < two["x"]
    assert person.foreign == []
