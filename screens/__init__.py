"""Streamlit pages, one a file: the only place besides app.py that imports streamlit."""
