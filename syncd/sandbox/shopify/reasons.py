"""Shopify's standard return reasons: ids, handles and names as recorded on a store."""

_HANDLES = (
    ("unknown", "Unknown"),
    ("changed-my-mind", "Changed my mind"),
    ("item-not-as-described", "Item not as described"),
    ("received-the-wrong-item", "Received the wrong item"),
    ("other-reason", "Other reason"),
    ("damaged-or-defective", "Damaged or defective"),
    ("too-small", "Too small"),
    ("too-big", "Too big"),
    ("style", "Style"),
    ("color", "Color"),
    ("absorbency", "Absorbency"),
    ("academic-level", "Academic level"),
    ("accuracy", "Accuracy"),
    ("adhesion", "Adhesion"),
    ("adhesive", "Adhesive"),
    ("adhesive-strength", "Adhesive strength"),
    ("adjustability", "Adjustability"),
    ("age-range", "Age range"),
    ("amperage", "Amperage"),
    ("angle", "Angle"),
)
REASONS = tuple(enumerate(_HANDLES, start=1))

LEGACY = {
    "unknown": "UNKNOWN",
    "changed-my-mind": "UNWANTED",
    "item-not-as-described": "NOT_AS_DESCRIBED",
    "received-the-wrong-item": "WRONG_ITEM",
    "damaged-or-defective": "DEFECTIVE",
    "too-small": "SIZE_TOO_SMALL",
    "too-big": "SIZE_TOO_LARGE",
    "style": "STYLE",
    "color": "COLOR",
}
"""The deprecated reason that stands beside a definition; OTHER where there is none."""
