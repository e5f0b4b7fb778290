"""Router and frame: language, sign-in, the pages a person may open, the top bar."""

import streamlit as st

from analytics.settings import load_settings
from components import access, language, notices, sheet
from components.tokens import palette


def main() -> None:
    """Draw the frame around the page that was asked for."""
    with notices.explain_errors():
        title = load_settings().title
        st.set_page_config(page_title=title, layout="wide")
        sheet.dress(palette(), title)
        person = access.sign_in()
        page = access.navigation(person)
        if person is not None and access.has_frame(page):
            with sheet.top_bar():
                access.city_choice(person)
                language.switcher()
                access.person_menu(person)
        with access.framed():
            page.run()
        sheet.follow_theme()


main()
