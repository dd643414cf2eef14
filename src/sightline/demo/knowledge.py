"""The shop's knowledge base, and an honest search over it: hashed words, cosine similarity."""

import hashlib
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INDEX_VERSION = "kb-2026-11"
DIMENSIONS = 1024
_WORD = re.compile(r"[a-z]+")
_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "for",
        "from",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "my",
        "of",
        "on",
        "or",
        "the",
        "this",
        "to",
        "what",
        "when",
        "where",
        "which",
        "with",
        "long",
        "take",
        "much",
        "have",
        "has",
        "get",
        "use",
        "one",
        "does",
        "not",
        "just",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Article:
    """One page of the help centre."""

    id: str
    title: str
    text: str


ARTICLES: tuple[Article, ...] = tuple(
    Article(f"kb-{number:03d}", title, text)
    for number, (title, text) in enumerate(
        (
            (
                "Refund times",
                "Refunds are paid within five business days after the parcel has arrived at our warehouse. Card payments show up first, bank transfers take two days more.",
            ),
            (
                "Returns window",
                "You can return any unused item within 60 days. Worn footwear is accepted within 30 days if the sole is clean.",
            ),
            (
                "Return labels",
                "Print the return label from your order page. Drop the parcel at any partner shop; the label is free above 40 euros.",
            ),
            (
                "Exchanges",
                "Choose exchange on the return page to swap size or colour. We send the new item as soon as the old one is scanned.",
            ),
            (
                "Shipping times",
                "Standard shipping takes two to four working days in Europe. Express orders placed before noon arrive the next day.",
            ),
            ("Shipping cost", "Standard shipping costs 4.90 euros and is free above 75 euros. Express is 12 euros."),
            ("Tracking", "A tracking link is mailed when the parcel leaves us. It may take a day until the carrier shows the first scan."),
            ("Lost parcels", "A parcel without a scan for seven days counts as lost. Write to us and we send it again or refund it."),
            ("Damaged goods", "Send a photo of a damaged item within 14 days. We replace it without asking for the old one back."),
            (
                "Warranty",
                "Tents, packs and boots carry a three year warranty against faults in material and stitching. Wear is not covered.",
            ),
            (
                "Repairs",
                "Our workshop repairs zips, poles and seams. A repair takes ten days and costs from 15 euros; warranty repairs are free.",
            ),
            ("Tent care", "Dry a tent before packing it. Mould is not covered by the warranty. Re-proof the fly once a season."),
            ("Boot sizing", "Choose boots half a size larger than street shoes. Between two sizes, take the larger for long descents."),
            ("Waterproof ratings", "A jacket with 20,000 mm holds in heavy rain all day; 10,000 mm is right for showers."),
            (
                "Sleeping bag temperatures",
                "Comfort is the temperature at which you sleep well; limit is where a curled up sleeper just stays warm.",
            ),
            ("Stove fuel", "Our gas stoves take threaded EN417 canisters. Canisters can't be returned or sent by air."),
            ("Gift cards", "Gift cards are valid for three years and can be split over several orders. They can't be paid out."),
            ("Discount codes", "One code can be used per order. Codes don't apply to gift cards and clearance items."),
            ("Price match", "We match the price of any European shop for seven days after your order. Send us the link."),
            ("Payment methods", "We take cards, bank transfer and invoices for companies. An invoice is due after 14 days."),
            (
                "Company accounts",
                "Companies with an account order on invoice, see all their orders in one place and get a fixed discount of eight percent.",
            ),
            ("Cancel an order", "An order can be cancelled until it is packed, usually within two hours. After that, return it."),
            ("Change address", "The delivery address can be changed until the parcel is packed. Write to us with the order number."),
            ("Out of stock", "Ask to be told when an item is back. We mail everyone on the list at the same time."),
            ("Rental", "Tents and packs can be rented for up to 21 days. The deposit is returned when the item comes back clean."),
            ("Membership", "Members collect two points for each euro, get early access to sales and free repairs once a year."),
            ("Privacy", "We keep order data for ten years by law and delete everything else when you close your account."),
            ("Close account", "Close your account under Settings. Points are lost; open orders are delivered."),
            ("Allergies and down", "Down is certified and washed; people with allergies should choose our synthetic bags."),
            ("Recycling", "Bring back worn out gear to any store: we recycle it and give you a ten euro voucher."),
            ("Store hours", "Our stores are open from ten to seven, Saturdays until six. The workshop closes at five."),
            ("Avalanche gear", "Transceivers are tested before they leave us. Batteries are included; update the firmware before use."),
        ),
        start=1,
    )
)


def embed(text: str) -> NDArray[np.float64]:
    """A unit vector of DIMENSIONS: each word adds to the place its hash names."""
    vector = np.zeros(DIMENSIONS)
    for word in _WORD.findall(text.lower()):
        if word not in _STOP:
            stem = word[:4]  # enough to find "refunds" by "refund"
            vector[int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=4).digest(), "big") % DIMENSIONS] += 1.0
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


_MATRIX = np.stack([embed(f"{article.title} {article.title} {article.text}") for article in ARTICLES])


def search(vector: NDArray[np.float64], *, top: int) -> list[tuple[Article, float]]:
    """The `top` nearest articles with their cosine similarity, best first; those without any word in common are left out."""
    scores = _MATRIX @ vector
    best = np.argsort(-scores)[:top]
    return [(ARTICLES[i], round(float(scores[i]), 4)) for i in best if scores[i] > 0.02]
