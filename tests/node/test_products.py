"""Data products between nodes in one process, and through their API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local_api import LocalApi, app_of
from small_world import SmallWorld
from tacit.errors import TacitError
from tacit.governance.inbox import Kind
from tacit.governance.products import Filter
from tacit.interconnect.shapes import ProductList
from tacit.node.acting import LOCAL, acting
from tacit.node.labels import Wish
from tacit.node.peer_products import FRESH_S, Found
from tacit.node.products import Offer
from tacit.node.tables.portal import ProductRow
from tacit.schema.product import Product, Terms

PRICE = {"amount": "2", "currency": "CNY", "unit": "job"}
UNTIL = 2_000_000_000_000
SECRET = "第十三号客户"
OFFER = Offer(
    name="retail",
    title={"zh": "零售客户", "en": "Retail customers"},
    description={"zh": "客户与收入", "en": "Customers and income"},
    datasets=("rows",),
    contact_point="data office",
    theme=("金融",),
    terms=Terms.model_validate({"prices": [PRICE], "owner_share": "0.7"}),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(tmp_path, ("alpha", "beta", "gamma"))
    file = tmp_path / "data.csv"
    lines = [f"{number},{SECRET if number == 13 else 'city'},{number % 50}" for number in range(200)]
    file.write_text("\n".join(["id,name,income", *lines]) + "\n")
    made.parts["beta"].catalogue.register("rows", str(file))
    with acting(LOCAL):
        made.parts["beta"].labels.set(
            "rows", {"id": Wish(4, "personal.identity"), "income": Wish(2, "general", "binned")}
        )
    yield made
    made.close()


def _publish(world: SmallWorld, **changed: Any) -> Product:
    products = world.parts["beta"].products
    with acting(LOCAL):
        products.draft(replace(OFFER, **changed))
        return Product.model_validate(products.publish(changed.get("name", "retail")).document)


def _search(world: SmallWorld, at: str = "alpha", text: str = "", fresh: bool = True, **filters: Any) -> list[Found]:
    return world.parts[at].peer_products.search(Filter(text, **filters), fresh=fresh)


def _code(act: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(TacitError) as caught:
        act(*arguments, **options)
    return caught.value.code


def test_a_product_tells_levels_and_counts_and_no_value(world: SmallWorld) -> None:
    product = _publish(world)
    columns = {column.name: column for column in product.datasets[0].columns}
    assert (product.version, product.level, product.datasets[0].rows) == (1, 4, 200)
    assert {name: column.level for name, column in columns.items()} == {"id": 4, "name": 3, "income": 2}
    assert columns["id"].distinct is None and columns["income"].distinct == 50 and columns["name"].distinct is None
    assert SECRET not in json.dumps(product.document(), ensure_ascii=False)
    assert not next(use.allowed for use in product.uses if use.use == "plaintext")
    assert _publish(world, columns={"rows": ("income",)}).level == 2


def test_what_peers_see_follows_the_labels_of_today(world: SmallWorld) -> None:
    _publish(world)
    beta = world.parts["beta"]
    with acting(LOCAL):
        beta.labels.set("rows", {"income": Wish(4, "personal.property")})
    seen = beta.products.listed("alpha", ProductList()).records[0]
    column = {each.name: each for each in seen.datasets[0].columns}["income"]
    assert (column.level, column.distinct) == (4, None)
    beta.catalogue.remove("rows")
    assert beta.products.listed("alpha", ProductList()).total == 0


def test_without_a_profile_only_names_types_and_levels(world: SmallWorld) -> None:
    columns = _publish(world, profile=False).datasets[0].columns
    assert all((column.null_share, column.distinct) == (None, None) for column in columns)


def test_peers_see_what_is_published_in_its_last_version(world: SmallWorld) -> None:
    beta = world.parts["beta"].products
    with acting(LOCAL):
        beta.draft(OFFER)
    assert _search(world) == []
    _publish(world)
    found = _search(world, text="零售")
    assert [(each.product.identifier, each.product.publisher, each.error) for each in found] == [
        ("retail", "beta", None)
    ]
    assert found[0].fetched_at is not None
    with acting(LOCAL):
        beta.draft(replace(OFFER, title={"zh": "新版", "en": "new"}))
    assert _search(world, text="新版") == []
    with acting(LOCAL):
        beta.publish("retail")
    assert _search(world, text="新版")[0].product.version == 2
    with acting(LOCAL):
        beta.withdraw("retail")
        assert _code(beta.withdraw, "retail") == "product.wrong_state"
    assert _search(world) == []
    acts = [each.act for each in world.parts["beta"].audit.entries(0, 100)]
    assert [acts.count(f"product.{what}") for what in ("drafted", "published", "withdrawn")] == [3, 2, 1]


def test_only_named_peers_see_a_product_for_them(world: SmallWorld) -> None:
    _publish(world, audience=("alpha",))
    assert len(_search(world, "alpha")) == 1 and _search(world, "gamma") == []
    gamma = world.parts["gamma"].peer_products
    assert _code(gamma.show, "beta", "retail") == "product.unknown" == _code(gamma.show, "beta", "nothing")
    assert _code(gamma.request, "beta", "retail", "study", UNTIL) == "product.unknown"
    assert _code(gamma.show, "beta", ":retail") == "product.unknown"
    assert world.parts["beta"].products.listed("gamma", ProductList()).total == 0
    assert "audience" not in world.parts["beta"].products.listed("alpha", ProductList()).records[0].document()


def test_copies_stay_when_a_peer_is_down_and_say_so(world: SmallWorld) -> None:
    _publish(world)
    alpha = world.parts["alpha"].peer_products
    assert _search(world)[0].error is None
    world.down.add("beta")
    (kept,) = _search(world)
    assert (kept.product.identifier, kept.error) == ("retail", "peer.unreachable")
    assert alpha.show("beta", "retail").error == "peer.unreachable"
    assert _code(alpha.request, "beta", "retail", "study", UNTIL) == "peer.unreachable"
    world.down.discard("beta")
    calls = len(world.calls)
    _search(world, fresh=False)
    assert len(world.calls) == calls, "a copy that is fresh enough is not fetched"
    at = alpha.clock() + FRESH_S + 1
    alpha.clock = lambda: at
    assert _search(world, fresh=False)[0].error is None and len(world.calls) > calls
    world.parts["alpha"].peers.set_state("beta", "TERMINATED")
    assert _search(world) == []
    alpha.forget("beta")
    assert alpha.store.copies() == []


def test_a_peer_cannot_show_anothers_product(world: SmallWorld) -> None:
    _publish(world)
    products = world.parts["beta"].products
    row = products.store.get("retail")
    row.document = {**(row.document or {}), "publisher": "gamma"}
    products.store.keep(row)
    assert _search(world) == []
    assert world.parts["alpha"].peer_products.store.fetches()["beta"].error == "peer.bad_answer"


def test_many_products_come_in_pages(world: SmallWorld) -> None:
    _publish(world)
    store = world.parts["beta"].products.store
    kept = store.get("retail")
    for number in range(120):
        fields = {column.name: getattr(kept, column.name) for column in ProductRow.__table__.columns}
        document = {**(kept.document or {}), "identifier": f"p{number}"}
        store.keep(ProductRow(**(fields | {"name": f"p{number}", "document": document})))
    assert len(_search(world)) == 121
    assert world.calls.count(("alpha", "beta", "product_list")) == 2


def test_a_request_is_the_first_offer_of_an_agreement(world: SmallWorld) -> None:
    _publish(world)
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    assert _code(alpha.peer_products.request, "beta", "retail", "study", UNTIL, 7) == "product.changed"
    with acting(LOCAL):
        row = alpha.peer_products.request("beta", "retail", "credit study", UNTIL, 1)
    document = row.document
    assert document["datasets"] == {"beta": ["rows"]} and document["prices"] == [PRICE]
    assert document["revenue"] == {"beta": "0.7", "alpha": "0.3"} and document["purpose"] == "credit study"
    world.until(lambda: bool(beta.inbox.store.open(Kind.AGREEMENT)))
    item = beta.inbox.store.open(Kind.AGREEMENT)[0]
    assert "retail v1: 零售客户" in item.title["zh"] and "Retail customers" in item.title["en"]
    with acting(LOCAL):
        beta.signoff.approve(item.id)
    world.until(lambda: alpha.agreements.get(row.id).state == "ACTIVE" == beta.agreements.get(row.id).state)


def test_what_an_offer_must_be(world: SmallWorld) -> None:
    products = world.parts["beta"].products
    wrong = {
        "dataset.unknown": {"datasets": ("nothing",)},
        "product.column_unknown": {"columns": {"rows": ("salary",)}},
        "product.text_invalid": {"theme": ("a\x1b",)},
        "peer.unknown": {"audience": ("delta",)},
        "product.invalid": {"name": "search"},
    }
    for code, changed in wrong.items():
        assert _code(products.draft, replace(OFFER, **changed)) == code
    assert _code(products.draft, replace(OFFER, name="Bad Name")) == "product.invalid"
    assert _code(products.publish, "retail") == "product.unknown"
    with acting(LOCAL):
        products.draft(replace(OFFER, valid_until=1))
    assert _code(products.publish, "retail") == "product.over"


def test_the_next_version_keeps_every_term_that_nobody_changed(world: SmallWorld) -> None:
    alpha, beta = world.parts["alpha"], LocalApi(app_of(world.parts["beta"]))
    terms = {
        "prices": [PRICE, {"amount": "0.01", "currency": "CNY", "unit": "row", "payer": "beta"}],
        "owner_share": "0.7",
        "limits": {"jobs": 5, "rows": 100, "period_ms": 86_400_000},
        "operators": ["psi"],
        "profiles": ["2pc-dealer"],
    }
    body: dict[str, Any] = {"name": "retail", "title": OFFER.title, "description": OFFER.description}
    body |= {"datasets": ["rows"], "contact_point": "data office", "terms": terms, "audience": ["alpha"]}
    body |= {"valid_until": "2033-05-18T03:33:20.250+00:00", "columns": {"rows": ["income"]}, "profile": False}
    first = beta.post("/products", json={**body, "publish": True}).json()
    written = first["offer"]
    again = {**written, "valid_until": body["valid_until"], "title": {"zh": "新版", "en": "new"}}
    second = beta.post("/products", json={**again, "publish": True}).json()
    assert (first["version"], second["version"]) == (1, 2)
    assert second["offer"] == {**written, "title": {"zh": "新版", "en": "new"}}
    assert written["terms"] == terms
    assert Terms.model_validate(second["product"]["terms"]) == Terms.model_validate(terms)
    with acting(LOCAL):
        document = alpha.peer_products.request("beta", "retail", "credit study", UNTIL).document
    assert {name: document[name] for name in ("prices", "limits", "operators", "profiles")} == {
        name: terms[name] for name in ("prices", "limits", "operators", "profiles")
    }


def test_the_api_from_a_draft_to_an_agreement(world: SmallWorld) -> None:
    alpha, beta = LocalApi(app_of(world.parts["alpha"])), LocalApi(app_of(world.parts["beta"]))
    body = {
        "name": "retail",
        "title": OFFER.title,
        "description": OFFER.description,
        "datasets": ["rows"],
        "contact_point": "data office",
        "terms": {"prices": [PRICE]},
    }
    made = beta.post("/products", json=body)
    assert (made.status_code, made.json()["state"], made.json()["product"]) == (201, "draft", None)
    assert beta.post("/products/retail/publish", json={}).json()["version"] == 1
    assert beta.get("/products").json()["items"][0]["name"] == "retail"
    found = alpha.get("/products/search", params={"text": "零售", "level": 4, "fresh": "true"}).json()
    assert [each["product"]["identifier"] for each in found["items"]] == ["retail"]
    assert alpha.get("/products/of/beta/retail").json()["product"]["publisher"] == "beta"
    assert alpha.get("/products/of/beta/other").status_code == 404
    asked = {"peer": "beta", "product": "retail", "purpose": "study", "valid_until": "2030-01-01"}
    request = alpha.post("/products/requests", json=asked)
    assert (request.status_code, request.json()["name"][:9]) == (201, "retail v1")
    assert beta.post("/products", json={**body, "price": 1}).status_code == 422
    assert beta.post("/products/retail/withdraw", json={}).json()["state"] == "withdrawn"
    assert alpha.get("/applications").json() == {"items": [], "next": None}
    assert alpha.get("/applications/app-1").status_code == 404
