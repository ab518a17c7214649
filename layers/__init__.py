"""What a map shows: one function makes one folium layer. Imports `geo` and `routing` alone."""
