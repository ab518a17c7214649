"""Where invented zones must not lie.

The rule: chance places them, on the roads that are left when everything is struck out
that press, ordinances, court reports or the services' own publications have ever named,
or could be thought to name. The list is generous on purpose: all provincial capitals, the
whole Versilia, most of the coast, the Florence plain, the Valdinievole, the
leather district and the Pontedera plain, and the Via Aurelia everywhere. That a
municipality stands here therefore says nothing about it, and that one is absent only
that its roads were free to be drawn.
"""

from __future__ import annotations

EXCLUDED_MUNICIPALITIES = frozenset(
    {
        # Provincial capitals
        "Arezzo", "Carrara", "Firenze", "Grosseto", "Livorno", "Lucca", "Massa", "Pisa",
        "Pistoia", "Prato", "Siena",
        # Versilia, the Apuan coast and the plain of Lucca
        "Altopascio", "Camaiore", "Capannori", "Forte dei Marmi", "Massarosa", "Montecarlo",
        "Montignoso", "Pietrasanta", "Porcari", "Seravezza", "Viareggio",
        # Migliarino, the lower Arno, the leather district and the Pontedera plain
        "Bientina", "Calcinaia", "Cascina", "Castelfranco di Sotto", "Fucecchio",
        "Montopoli in Val d'Arno", "Ponsacco", "Pontedera", "San Giuliano Terme", "San Miniato",
        "Santa Croce sull'Arno", "Santa Maria a Monte", "Vecchiano", "Vicopisano",
        # Coast south of Pisa
        "Capalbio",
        "Castiglione della Pescaia", "Cecina", "Collesalvetti", "Follonica", "Monte Argentario",
        "Orbetello", "Piombino", "Rosignano Marittimo", "San Vincenzo", "Scarlino",
        # Valdinievole and the plain of Pistoia
        "Agliana", "Buggiano", "Chiesina Uzzanese", "Massa e Cozzile", "Monsummano Terme",
        "Montecatini-Terme", "Pieve a Nievole", "Ponte Buggianese", "Quarrata", "Uzzano",
        # Florence, its plain and the Empoli area
        "Bagno a Ripoli", "Calenzano", "Campi Bisenzio", "Empoli", "Fiesole", "Impruneta",
        "Lastra a Signa", "Montelupo Fiorentino", "Montemurlo", "Poggio a Caiano", "Scandicci",
        "Sesto Fiorentino", "Signa",
        # Valdarno
        "Figline e Incisa Valdarno", "Montevarchi", "San Giovanni Valdarno",
        "Terranuova Bracciolini",
    }
)  # fmt: skip
"""Municipalities (ISTAT names) in which no invented zone lies."""

EXCLUDED_ROADS = ("Aurelia",)
"""A road whose name holds one of these carries no invented zone in any municipality."""


def may_lie(municipality: str) -> bool:
    """Whether an invented zone may lie in a municipality, by its name."""
    return municipality not in EXCLUDED_MUNICIPALITIES


def may_be(road: str | None) -> bool:
    """Whether an invented zone may lie on a road, by its name."""
    return road is None or not any(word in road for word in EXCLUDED_ROADS)
