"""Prossima in the browser: `streamlit run app.py`, or `prossima serve`."""

import streamlit as st

if __name__ == "__main__":  # Streamlit runs the page
    from screens import shell

    shell.run()
else:  # the web server asks for the application around it, before there is any page
    from data.settings import settings
    from screens import basemap, server

    app = st.App(
        __file__,
        routes=server.routes(basemap.folder(settings().home)),
        middleware=server.middleware(
            settings().language, secure=settings().public_url.startswith("https:")
        ),
    )
