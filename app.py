"""Prossima in the browser: `streamlit run app.py`, or `prossima serve`."""

import streamlit as st

from data.settings import settings
from screens import basemap, server, shell

if __name__ == "__main__":  # Streamlit runs the page
    shell.run()
else:  # the web server asks for the application around it
    app = st.App(
        __file__,
        routes=server.routes(basemap.folder(settings().home)),
        middleware=server.middleware(settings().language),
    )
