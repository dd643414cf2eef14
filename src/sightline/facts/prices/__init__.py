"""What a call costs: the catalogue of prices, the operator's own over it, and the rules that the engine prices by."""

from sightline.facts.prices.catalogue import Catalogue, Difference, Entry, difference, price_name, write
from sightline.facts.prices.cost import Parts, Usage, cost, cost_by, rule_for, why_no_cost
from sightline.facts.prices.kept import KeptCatalogue
from sightline.facts.prices.overrides import RevenueRule, revenue_rules
from sightline.facts.prices.response import PricedResponse, price_response
from sightline.facts.prices.rules import PRICE_COLUMNS, RULE_COLUMNS, PriceRule

__all__ = [
    "PRICE_COLUMNS",
    "RULE_COLUMNS",
    "Catalogue",
    "Difference",
    "Entry",
    "KeptCatalogue",
    "Parts",
    "PriceRule",
    "PricedResponse",
    "RevenueRule",
    "Usage",
    "cost",
    "cost_by",
    "difference",
    "price_name",
    "price_response",
    "revenue_rules",
    "rule_for",
    "why_no_cost",
    "write",
]
