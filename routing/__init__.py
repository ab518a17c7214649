"""Who goes where, when: problem, need, planner, explanation, itinerary. Imports only `geo`."""
