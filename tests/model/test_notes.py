"""The keys under which the memory keeps short texts."""

from syncd.model import notes

OF_ONE = (notes.unrenewed, notes.unauthorised, notes.brake, notes.zone)


def test_no_two_things_share_a_key() -> None:
    """Whatever a shop, an app or a token is called: one note never stands in the place of another."""
    names = ("us", "uk", "")
    keys = [
        *(notes.login_pointer(app, shop) for app in names for shop in names),
        *(notes.token_key(domain, app) for domain in names for app in names),
        *(key(name) for key in OF_ONE for name in names),
    ]
    assert len(set(keys)) == len(keys)
