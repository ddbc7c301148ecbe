"""Good answers of every operation of both sides, as the stand-ins give them to the real clients."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from syncd.errors import ApiError
from syncd.model import mark
from syncd.model.cases import CancelStatus, ReturnStatus, ReturnType
from syncd.model.orders import Selection
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.sandbox.inline import InlineTransport
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify.build import OrderLine
from syncd.shopify import operations, reads
from syncd.shopify.client import body
from syncd.shopify.operations import Operation
from syncd.tiktok.client import CancellationFilters, CaseFilters, ReturnFilters
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.world import SHOPIFY, TIKTOK
from tests.campaign.fuzz.bench import Bench, Call, Clients, Logins
from tests.campaign.fuzz.line import Exchange, Recorder

_SKUS = tuple(f"SKU-{number}" for number in range(12))
_BUCKET = {"maximumAvailable": 2000.0, "currentlyAvailable": 10, "restoreRate": 100.0}
_REFUSALS: Mapping[str, Mapping[str, object]] = {
    "throttled": {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": 24, "throttleStatus": _BUCKET}},
    },
    "throttled and broken": {
        "errors": [
            {"message": "Throttled", "extensions": {"code": "THROTTLED"}},
            {"message": "Internal error.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}},
        ],
    },
    "denied": {
        "errors": [
            {
                "message": "Access denied for refundCreate field.",
                "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`write_orders` access scope."},
                "path": ["refundCreate"],
            }
        ],
        "data": {"refundCreate": None},
    },
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A call, and everything that was said in it. `operation` is the mutation that it sends, if any."""

    name: str
    call: Call
    operation: Operation | None
    logged_in: bool
    exchanges: tuple[Exchange, ...]


class Studio:
    """Two sides, and the clients whose calls are taken down."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.pair = Pair(self.clock)
        tiktok = self.pair.tiktok
        tiktok.switches.rotates_refresh_token = False
        tiktok_front, shopify_front = self.pair.tiktok_server.front, self.pair.shopify_server.front
        self.faults = shopify_front.faults
        self._recorder = Recorder(InlineTransport({TIKTOK: tiktok_front, SHOPIFY: shopify_front}))
        self.logins = Logins.of(
            tiktok.app_key,
            tiktok.app_secret,
            tiktok.login.refresh_token,
            tiktok.shop.cipher,
            "made-up-client-secret-0001",
        )
        self.bench = Bench(self._recorder, self.logins)
        self.scenarios: list[Scenario] = []

    async def take(
        self, name: str, call: Call, *, sends: Operation | None = None, logged_in: bool = True
    ) -> None:
        """Make a call, and take down what is said."""
        if not logged_in:
            self.bench.log_out()
        self._recorder.exchanges.clear()
        with suppress(ApiError):
            await call(self.bench.clients(self.clock))
        assert self._recorder.exchanges
        exchanges = tuple({each.key: each for each in self._recorder.exchanges}.values())
        self.scenarios.append(Scenario(name, call, sends, logged_in, exchanges))
        self.clock.advance(1)

    async def send(self, operation: Operation, *, name: str = "", **variables: object) -> None:
        """Send a mutation."""
        content = body(operation, variables)
        call: Call = lambda clients: clients.shopify().send(operation, content)  # noqa: E731 - one of many
        await self.take(name or operation.name, call, sends=operation)


def scenarios() -> tuple[Logins, tuple[Scenario, ...]]:
    """Every call with its good answers, and the logins that it takes."""
    return asyncio.run(_taken())


async def _taken() -> tuple[Logins, tuple[Scenario, ...]]:
    studio = Studio()
    sold = studio.pair.sell(dict.fromkeys(_SKUS, "20.00"), quantity=2, shipping=500)
    studio.clock.advance(60)
    await _logins(studio)
    await _tiktok(studio, sold)
    await _mutations(studio, sold)
    await _refusals(studio, sold)
    await _reads(studio, sold)
    await studio.bench.close()
    return studio.logins, tuple(studio.scenarios)


async def _logins(studio: Studio) -> None:
    await studio.take("token", lambda clients: clients.shopify().tokens.access(), logged_in=False)
    await studio.take("token/refresh", lambda clients: clients.tiktok_tokens().access(), logged_in=False)
    code = studio.pair.tiktok.accounts.code(studio.pair.tiktok.login)
    await studio.take("token/get", lambda clients: clients.tiktok_tokens().authorise(code))
    await studio.take("shops", lambda clients: clients.tiktok(shop_cipher="").cipher())


async def _tiktok(studio: Studio, sold: Sold) -> None:
    tiktok, units = studio.pair.tiktok, sold.tiktok.line_ids
    whole = tiktok.add_return(sold.tiktok, units[:2], type=ReturnType.RETURN_AND_REFUND, shipping="1.50")
    tiktok.advance(whole, ReturnStatus.COMPLETE, tracking_number="940010000000")
    tiktok.edit(tiktok.add_return(sold.tiktok, units[2:3]))
    tiktok.add_return(
        sold.tiktok, units[3:4], type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="3.50"
    )
    studio.clock.advance(60)
    waiting = studio.pair.sell({"MUG": "5.00"}, quantity=2, fulfilled=False, status="AWAITING_SHIPMENT")
    for replenish in (True, False):
        tiktok.add_cancellation(waiting.tiktok, 1, status=CancelStatus.COMPLETE, replenish=replenish)
    studio.clock.advance(60)
    for version in ("202309", "202602"):
        await studio.take(f"returns/search {version}", _search(version=version))
        cancellations = _search(CancellationFilters(), version=version)
        await studio.take(f"cancellations/search {version}", cancellations)
    await studio.take("first search", _search(shop_cipher=""), logged_in=False)
    ids = (sold.tiktok.order_id,)
    await studio.take("orders", lambda clients: clients.tiktok().orders(ids))


def _search(filters: CaseFilters | None = None, **settings: str) -> Call:
    wanted = filters or ReturnFilters()

    async def read(clients: Clients) -> object:
        """A page, and another one where the first names one; the rows read as the poll reads them."""
        client = clients.tiktok(**settings)
        first = await client.search(wanted)
        token = first.next_page_token
        more = (await client.search(wanted, token)).rows if token else ()
        return [snapshot_from(row) for row in (*first.rows, *more)]

    return read


def refund_of(sold: Sold, amount: str = "3.50") -> dict[str, object]:
    """The input for a refund of that amount."""
    order = sold.shopify
    sale = order.sales()[0]
    payment = {"orderId": order.id, "parentId": sale.id, "kind": "REFUND", "gateway": sale.gateway}
    unit = {"lineItemId": order.line_items[0].id, "quantity": 1, "restockType": "NO_RESTOCK"}
    return {
        "orderId": order.id,
        "note": mark.note("return", "4035318504086604100"),  # type: ignore[arg-type] # the word is the kind
        "currency": "USD",
        "notify": False,
        "refundLineItems": [unit],
        "transactions": [{**payment, "amount": amount}],
    }


async def _mutations(studio: Studio, sold: Sold) -> None:
    order = sold.shopify
    claim = {
        "ownerId": order.id,
        "namespace": "syncd",
        "key": "case_1",
        "type": "json",
        "compareDigest": None,
    }
    claimed = {**claim, "value": '{"instance":"a","token":"b","at":"2026-11-02T12:00:00+00:00","lease":10}'}
    await studio.send(operations.SET_CLAIM, metafields=[claimed])
    await studio.send(operations.CREATE_REFUND, input=refund_of(sold), key="key-1")
    for part in order.fulfillments[0].fulfillment_line_items[1:3]:
        await studio.send(operations.CREATE_RETURN, input=_return(order.id, part.id))
    kept, withdrawn = order.returns
    back = kept.reverse_fulfillment_orders[0]
    await studio.send(operations.ADD_TRACKING, reverseOrder=back.id, tracking={"number": "940010000000"})
    processed = _process(kept.id, kept.return_line_items[0].id, sold)
    await studio.send(operations.PROCESS_RETURN, input=processed, units=1)
    unit = back.line_items[0].id
    place = {"dispositionType": "RESTOCKED", "locationId": studio.pair.shopify.warehouse.id}
    disposed = {"reverseFulfillmentOrderLineItemId": unit, "quantity": 1, **place}
    await studio.send(operations.DISPOSE_RETURN, dispositions=[disposed])
    await studio.send(operations.CLOSE_RETURN, id=kept.id)
    await studio.send(operations.REOPEN_RETURN, id=kept.id)
    await studio.send(operations.CANCEL_RETURN, id=withdrawn.id)
    await studio.send(operations.CLOSE_ORDER, input={"id": order.id})
    unshipped = studio.pair.sell({"MUG": "5.00"}, fulfilled=False)
    await studio.send(operations.CANCEL_ORDER, id=unshipped.shopify.id, restock=True, note="a note")


def _return(order_id: str, fulfillment_line_id: str) -> dict[str, object]:
    line = {"fulfillmentLineItemId": fulfillment_line_id, "quantity": 1, "returnReasonNote": "a note"}
    reason = "gid://shopify/ReturnReasonDefinition/2"
    return {"orderId": order_id, "returnLineItems": [{**line, "returnReasonDefinitionId": reason}]}


def _process(return_id: str, line_id: str, sold: Sold) -> dict[str, object]:
    amount = {"amount": "20.00", "currencyCode": "USD"}
    transfer = {"parentId": sold.shopify.sales()[0].id, "transactionAmount": amount}
    return {
        "returnId": return_id,
        "returnLineItems": [{"id": line_id, "quantity": 1}],
        "financialTransfer": {"issueRefund": {"orderTransactions": [transfer]}},
        "notifyCustomer": False,
    }


async def _refusals(studio: Studio, sold: Sold) -> None:
    """Answers that say that nothing was done, and one that only seems to."""
    create, close = operations.CREATE_REFUND, operations.CLOSE_RETURN
    await studio.send(create, name="too much", input=refund_of(sold, "99999.00"), key="key-2")
    await studio.send(create, name="key spent", input=refund_of(sold, "4.00"), key="key-1")
    await studio.send(close, name="no such return", id="gid://shopify/Return/1")
    for name, refusal in _REFUSALS.items():
        studio.faults.add(Fault(FaultKind.REPLY, "refundCreate", reply=json_reply(refusal), times=9))
        await studio.send(create, name=name, input=refund_of(sold, "5.00"), key="key-3")
        studio.faults.clear()


async def _reads(studio: Studio, sold: Sold) -> None:
    order, query = sold.shopify, f"tag:'TikTokOrderID:{sold.tiktok.order_id}'"
    waiting = studio.pair.shopify.add_order([OrderLine("MUG", 2, fulfilled=1)])
    studio.pair.shopify.foreign_refund(order, amount=500, app="Another app")
    studio.clock.advance(1)
    await studio.take("FindOrders", lambda c: reads.find_orders(c.shopify(), query))
    field = "custom.tiktok_order_id"
    studio.pair.shopify.world.filterable_metafields.add(field)
    studio.pair.shopify.add_order([OrderLine("MUG")], metafields={field: "77"})
    by_field = f"metafields.{field}:'77'"
    await studio.take(
        "FindOrdersByMetafield", lambda c: reads.find_orders(c.shopify(), by_field, metafield=field)
    )
    await studio.take("ReadOrder", lambda c: reads.read_order(c.shopify(), order.id, "case_1"))
    shown = Selection(lines=1, shown=True, returned=1, parcels=False, cancelling=False)
    await studio.take("ReadOrder, shown", lambda c: reads.read_order(c.shopify(), order.id, "case_1", shown))
    await studio.take("ReadClaims", lambda c: reads.read_claims(c.shopify(), order.id))
    since = order.created_at
    await studio.take("FindBooks", lambda c: reads.find_books(c.shopify(), since))
    await studio.take("ReadBooks", lambda c: reads.read_books(c.shopify(), [order.id]))
    await studio.take("ReadEvents", lambda c: reads.read_makers(c.shopify(), order.id))
    await studio.take("ReadAssignments", lambda c: reads.read_assignments(c.shopify(), waiting.id))
    await studio.take("ReadLocations", lambda c: reads.read_locations(c.shopify()))
    handles = ("other-reason",)
    await studio.take("ReadReturnReasons", lambda c: reads.read_return_reasons(c.shopify(), handles))
    await studio.take("ReadShop", lambda c: reads.read_shop(c.shopify()))
