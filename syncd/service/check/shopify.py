"""A Shopify store: the login, the version, the scopes, the locations."""

from dataclasses import dataclass, field

from syncd.config.tables import Shop as ShopSettings
from syncd.decide.restock import names
from syncd.decide.scopes import compare, shopify_needs
from syncd.model.orders import Location
from syncd.service.check.result import Result, critical, fine, warning
from syncd.shopify.reads import Shop as Store
from syncd.shopify.reads import read_locations, read_shop
from syncd.sync.shop import Shop


@dataclass(slots=True)
class ShopifySide:
    """The checks of one store, in their order; `store` is what it says about itself, once read."""

    shop: Shop
    settings: ShopSettings
    store: Store | None = field(default=None)

    async def login(self) -> list[Result]:
        """Whether it works, in the API version that is asked for, and at the store that is meant."""
        self.store = store = await read_shop(self.shop.shopify)
        version = self.shop.shopify.settings.api_version
        if store.domain != self.settings.shopify.domain:
            what = f"the store calls itself {store.domain}, not {self.settings.shopify.domain}"
            remedy = f"correct domain or api_base in [shops.{self.shop.name}.shopify]"
            return [critical("Shopify login", what, remedy)]
        what = f"it works: {store.name}, {store.currency}, {store.time_zone}; API version {version}"
        return [fine("Shopify login", what)]

    async def scopes(self) -> list[Result]:
        """What the app may do, against what the settings want."""
        check = "Shopify scopes"
        if self.store is None:
            return [warning(check, "not compared", "see Shopify login")]
        compared = compare(shopify_needs(self.shop.policy), self.store.scopes)
        found = [
            (critical if need.required else warning)(
                check,
                f"{need.scope} is missing, {need.why}",
                f"give the app the scope {need.scope} and approve it in the shop",
            )
            for need in compared.missing
        ]
        more = f"; not needed: {', '.join(compared.excess)}" if compared.excess else ""
        return found or [fine(check, f"all that is needed{more}")]

    async def location(self) -> list[Result]:
        """Whether restocked units have a place to go to."""
        check, wanted = "location", self.settings.restock.location
        if self.store is None:
            return [warning(check, "not looked for", "see Shopify login")]
        places = await read_locations(self.shop.shopify)
        if not wanted:
            usable = len(_usable(places))
            return [
                fine(check, f"where the unit was shipped from; locations of the merchant's own: {usable}")
            ]
        meant = [place for place in places if wanted in names(place)]
        remedy = f"set location in [restock] to one of: {', '.join(_usable(places)) or 'there is none'}"
        if len(meant) != 1:
            how = "several are" if meant else "none is"
            return [critical(check, f"{how} called {wanted!r}", remedy)]
        if not meant[0].usable:
            why = "is not active" if not meant[0].active else "is a fulfilment service's"
            return [critical(check, f"{meant[0].name} {why}: units cannot go there", remedy)]
        return [fine(check, f"{meant[0].name} is there and active")]


def _usable(places: tuple[Location, ...]) -> list[str]:
    return [place.name for place in places if place.usable]
