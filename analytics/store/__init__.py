"""Program records: people, sessions, audit, manifests; SQLite by default, PostgreSQL by URL."""
