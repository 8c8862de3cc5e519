"""Our contracts under every cheat of the direct mode, on our package."""

import datetime
import json

import pytest

SITE = "https://scores.example/final"


@pytest.fixture
def market(direct_deploy, contracts):
    return direct_deploy(str(contracts / "football_market/contract.py"), "Spain", "Italy", SITE)


def test_constructor_view_and_write(direct_deploy, contracts):
    storage = direct_deploy(str(contracts / "storage/contract.py"), "hello")
    assert storage.get() == "hello"
    storage.set("again")
    assert storage.get() == storage.value == "again"


def test_expect_revert(direct_vm, direct_deploy, contracts):
    storage = direct_deploy(str(contracts / "storage/contract.py"), "hello")
    with direct_vm.expect_revert("not worth a transaction"):
        storage.set("")
    with pytest.raises(AssertionError, match="call succeeded"):
        with direct_vm.expect_revert("nothing of the kind"):
            storage.set("fine")


def test_who_calls(direct_vm, direct_deploy, direct_alice, direct_bob, contracts):
    notes = direct_deploy(str(contracts / "user_storage/contract.py"))
    direct_vm.sender = direct_alice
    notes.write("of alice")
    with direct_vm.prank(direct_bob):
        notes.write("of bob")
        with direct_vm.prank(direct_alice):
            notes.erase()
    direct_vm.startPrank(direct_bob)
    assert notes.note_of(direct_alice_of(notes, direct_alice)) == ""
    direct_vm.stopPrank()
    with direct_vm.expect_revert("no note to erase"):
        notes.erase()
    assert list(notes.everything().values()) == ["of bob"]


def direct_alice_of(_contract, raw):
    """Fixtures made before a contract is there are bytes; contracts take addresses."""
    from genlayer.py.types import Address

    return raw if isinstance(raw, Address) else Address(raw)


def test_snapshots_bring_maps_back(direct_vm, direct_deploy, direct_alice, direct_bob, contracts):
    notes = direct_deploy(str(contracts / "user_storage/contract.py"))
    direct_vm.sender = direct_alice
    notes.write("first")
    before = direct_vm.snapshot()
    notes.write("second")
    direct_vm.sender = direct_bob
    notes.write("another")
    assert len(notes.notes) == 2
    direct_vm.revert(before)
    assert list(notes.everything().values()) == ["first"]
    notes.write("third")
    assert list(notes.everything().values()) == ["third"]


def test_value_and_balance(direct_vm, direct_deploy, direct_alice, market):
    direct_vm.sender = direct_alice
    direct_vm.value = 25
    direct_vm.deal(direct_vm._contract_address, 25)
    market.bet("Spain")
    assert market.pot() == 25
    assert list(market.stakes.values()) == [25]
    direct_vm.value = 0
    with direct_vm.expect_revert("a bet needs a stake"):
        market.bet("Italy")


def test_web_and_model_under_strict_equality(direct_vm, market):
    direct_vm.mock_web("scores[.]example", {"status": 200, "body": "Spain 2, Italy 1. Full time."})
    direct_vm.mock_llm("final score", json.dumps({"finished": True, "home_goals": 2, "away_goals": 1}))
    assert market.settle() == "2:1"
    assert market.result() == {"score": "2:1", "winner": "Spain"}
    # A validator whose model sees the same agrees, another does not; the reference can not run it.
    assert direct_vm.run_validator() is True
    direct_vm.clear_mocks()
    direct_vm.mock_web(".*", {"status": 200, "body": "Italy 3, Spain 0. Full time."})
    direct_vm.mock_llm(".*", json.dumps({"finished": True, "home_goals": 0, "away_goals": 3}))
    assert direct_vm.run_validator() is False


def test_a_missing_mock_is_said_even_inside_of_a_sandbox(direct_vm, market):
    from gltest.direct import MockNotFoundError

    with pytest.raises(MockNotFoundError, match="scores.example"):
        market.settle()
    direct_vm.mock_web(".*", {"status": 200, "body": "x"})
    direct_vm.mock_llm(".*", json.dumps({"finished": False}))
    with direct_vm.expect_revert("no final score yet"):
        market.settle()
    direct_vm.clear_mocks()
    with pytest.raises(MockNotFoundError):
        direct_vm.run_validator()


def test_a_comparative_validator_asks_the_model(direct_vm, direct_deploy, direct_alice, contracts):
    wizard = direct_deploy(str(contracts / "wizard_of_coin/contract.py"))
    direct_vm.sender = direct_alice
    direct_vm.mock_llm("guards a magic coin", json.dumps({"reasoning": "kind", "give_coin": True}))
    assert wizard.ask_for_coin("for the orphans") is True
    assert wizard.state()["with_wizard"] is False
    direct_vm.mock_llm("EqComparative", "true")
    assert direct_vm.run_validator() is True
    direct_vm.clear_mocks()
    direct_vm.mock_llm("guards a magic coin", json.dumps({"reasoning": "no", "give_coin": False}))
    direct_vm.mock_llm("give_coin has to be the same", "false")
    assert direct_vm.run_validator() is False


def test_a_validator_of_the_contract_sees_leaders_of_all_kinds(direct_vm, direct_deploy, direct_alice, direct_bob, contracts):
    direct_vm.sender = direct_alice
    token = direct_deploy(str(contracts / "llm_erc20/contract.py"), 100, "no gambling")
    bob = direct_alice_of(token, direct_bob)
    direct_vm.mock_llm("check payments", json.dumps({"allowed": True}))
    token.transfer(bob, 30, "books")
    assert (token.balance_of(bob), token.total_supply()) == (30, 100)
    assert direct_vm.run_validator() is True
    assert direct_vm.run_validator(leader_result=True) is True
    assert direct_vm.run_validator(leader_result=False) is False
    assert direct_vm.run_validator(leader_error=RuntimeError("down"), index=0) is False
    direct_vm.clear_validators()
    with pytest.raises(RuntimeError, match="No validator captured"):
        direct_vm.run_validator()


def test_time(direct_vm, direct_deploy, here):
    direct_vm.warp("2026-01-02T03:04:05Z")
    clock = direct_deploy(str(here / "clock.contract.py"))
    assert clock.now() == clock.started == "2026-01-02T03:04:05+00:00"
    direct_vm.warp("2027-01-02T03:04:05Z")
    assert clock.now() == "2027-01-02T03:04:05+00:00"
    assert clock.moment.isoformat() == clock.started
    assert clock.of_message() == "2027-01-02T03:04:05Z"
    assert datetime.datetime.fromisoformat(clock.started).year == 2026


def test_strict_mocks_name_what_was_not_used(direct_vm, market):
    direct_vm.strict_mocks = True
    direct_vm.mock_llm("never asked", "x")
    with pytest.warns(RuntimeWarning, match="never asked"):
        direct_vm.clear_mocks()


def test_numbers_records_and_nested_containers(direct_vm, direct_deploy, here):
    shelf = direct_deploy(str(here / "shelf.contract.py"), ["a", "b"])
    shelf.put("a", 3, [1, 2])
    shelf.put("c", 2**255, [])
    assert shelf.all() == {"a": [3, [1, 2]], "b": [0, []], "c": [2**255, []]}
    before = direct_vm.snapshot()
    shelf.put("a", 4, [9])
    assert shelf.boxes["a"].sizes[0] == 9
    direct_vm.revert(before)
    assert shelf.all()["a"] == [3, [1, 2]]
    with direct_vm.expect_revert():
        shelf.put("a", -1, [])


def test_a_pinned_hash_is_found(direct_deploy, here):
    assert direct_deploy(str(here / "pinned.contract.py")).answer() == 42
