"""The table of models is complete, and what the rooms read from it differs between models where it must."""

from __future__ import annotations

from importlib.util import find_spec

from services.core.models import MODELS, Model, Slot, usual_prefetch


def test_every_model_has_exactly_one_entry_in_the_order_of_the_enum() -> None:
    assert list(MODELS) == list(Model)


def test_every_entry_has_a_pool_and_a_line_about_it_that_no_other_entry_has() -> None:
    for part in ("pool", "about"):
        assert len({getattr(model.traits, part) for model in Model} - {""}) == len(Model)


def test_only_the_main_thread_is_a_single_slot_and_only_greenlets_share_a_thread() -> None:
    for model in Model:
        assert model.traits.has_one_slot == (model.traits.slot is Slot.MAIN)
        assert model.traits.has_thread_per_slot == (model.traits.slot is not Slot.GREENLET)
        assert model.traits.starts_processes == bool(model.traits.start_method)


def test_settings_that_differ_from_celerys_own_have_a_reason() -> None:
    for model in Model:
        own = model.traits.prefetch == 4 and not model.traits.shares_backend
        assert own == (not model.traits.settings_reason)


def test_the_usual_prefetch_names_the_models_that_differ() -> None:
    assert usual_prefetch() == "4, and no limit for gevent"


def test_the_modules_that_models_need_are_installed_with_the_lab() -> None:
    assert all(find_spec(name) for model in Model for name in model.traits.needs.modules)
