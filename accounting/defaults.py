"""What a view takes where nobody names it: factor packs, and the market policy of electricity.

A cell of a run has one mass, so all views of a run have the same packs and policy. Where their defaults differ nothing is
chosen for them: packs and policy are named, or the views stand in runs of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from accounting.errors import UsageError
from accounting.methods.electricity_heat import MARKET_POLICIES
from accounting.quality.electricity import counts_electricity

OFFICIAL_VIEWS = ("china-pilot", "provincial", "zero-carbon-park")  # a research pack is none of their defaults
MARKET_POLICY = "market_residual"  # of electricity, in account `market`
POLICY_OF_VIEW = {"zero-carbon-park": "zero_carbon_park"}
_OFFICIAL = ("provincial-2011", "cn-enterprise-2024", "grid-cn", "cn-heat")
_INTERNATIONAL = ("ipcc-2006", "ipcc-2006-ippu", "gbt-2589-2020", "grid-cn", "cn-heat")
DEFAULT_PACKS: dict[str, tuple[str, ...]] = {
    "energy-balance": ("ceads-2018", "ipcc-2006", "gwp"),
    "china-pilot": _OFFICIAL,
    "provincial": _OFFICIAL,
    "zero-carbon-park": _OFFICIAL,
    "ipcc2006": _INTERNATIONAL,
    "gpc": _INTERNATIONAL,
}


def chosen(views: Sequence[str], packs: Sequence[str] = (), electricity: str | None = None) -> tuple[tuple[str, ...], str]:
    """Packs and market policy of a run over these views: those that were named, else those that are the default of all.

    Raises UsageError: `view.defaults_differ` where views have other defaults and nothing is named, `electricity.policy`,
    `electricity.policy_of_view` for a policy that a view does not take.

    >>> chosen(["energy-balance"])
    (('ceads-2018', 'ipcc-2006', 'gwp'), 'market_residual')
    """
    if electricity:
        _refuse_policy(electricity, views)
    packs_of = {} if packs else {view: ",".join(DEFAULT_PACKS[view]) for view in views}
    policy_of = {} if electricity else {view: _policy(view) for view in views if counts_electricity([view])}
    differing = {option: of for option, of in (("factors", packs_of), ("electricity", policy_of)) if len(set(of.values())) > 1}
    if differing:
        raise _differ(views, differing)
    return tuple(packs) or DEFAULT_PACKS[views[0]], electricity or next(iter(policy_of.values()), MARKET_POLICY)


def _policy(view: str) -> str:
    return POLICY_OF_VIEW.get(view, MARKET_POLICY)


def _refuse_policy(asked: str, views: Iterable[str]) -> None:
    if asked not in MARKET_POLICIES:
        raise UsageError("electricity.policy", seen=asked, policies=", ".join(MARKET_POLICIES))
    for view in views:
        if asked != POLICY_OF_VIEW.get(view, asked):
            raise UsageError("electricity.policy_of_view", seen=asked, policy=POLICY_OF_VIEW[view])


def _differ(views: Sequence[str], differing: Mapping[str, Mapping[str, str]]) -> UsageError:
    """Each view with its defaults, what may be named in a command or a project file, and the runs that need no naming."""
    named = {option: _for_all(defaults) for option, defaults in differing.items()}
    apart = _alike({view: "\n".join(defaults.get(view, "") for defaults in differing.values()) for view in views})
    return UsageError(
        "view.defaults_differ",
        seen=", ".join(views),
        defaults="; ".join(
            f"{', '.join(alike)}: --{option} {value}"
            for option, defaults in differing.items()
            for value, alike in _alike(defaults).items()
        ),
        options=" ".join(f"--{option} {value}" for option, value in named.items()),
        keys=", ".join(_key(option, value) for option, value in reversed(named.items())),
        runs=" | ".join(" ".join(f"--view {view}" for view in alike) for alike in apart.values()),
    )


def _key(option: str, value: str) -> str:
    return f"[factors] packs = {json.dumps(value.split(','))}" if option == "factors" else f'{option} = "{value}"'


def _alike(defaults: Mapping[str, str]) -> dict[str, list[str]]:
    """The views of each default."""
    return {value: [view for view, own in defaults.items() if own == value] for value in defaults.values()}


def _for_all(defaults: Mapping[str, str]) -> str:
    """The default to name: that of a view which takes no other, else of an official view, else of the first."""
    return defaults[min(defaults, key=lambda view: (view not in POLICY_OF_VIEW, view not in OFFICIAL_VIEWS))]
