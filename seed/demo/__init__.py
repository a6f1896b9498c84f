"""The demo population: invented firms, people and figures on Pudong's real scale."""
