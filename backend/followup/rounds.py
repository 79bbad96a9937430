"""The village doctor's round: households in walking order, namesakes told apart, enough to work without a signal."""

from collections.abc import Sequence
from uuid import UUID

from backend.alliance.queries import pack, village_name
from backend.followup import queries
from backend.followup.models import FollowUpVisit
from backend.followup.plans import protocol_begun_with
from backend.followup.reading import show_carers, show_form, show_last_values, show_visits
from backend.followup.schemas import FormOut, HouseholdOut, RoundOut, RoundVisitOut
from backend.kernel.clock import age_on, local_day
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.store import clock


def show_round(actor: Actor) -> RoundOut:
    """Return the round of a village doctor."""
    today = local_day(clock.now())
    visits = queries.round_of(actor, today)
    plans = queries.plans_by_id(actor.county_id, [visit.plan_id for visit in visits])
    people = queries.residents_of(actor.county_id, [visit.resident_id for visit in visits])
    last = show_last_values(actor.county_id, people)
    forms: dict[str, FormOut] = {}
    shown: dict[UUID, RoundVisitOut] = {}
    for visit, out in zip(visits, show_visits(actor, visits), strict=True):
        age = age_on(people[visit.resident_id].birth_on, today)
        form = show_form(actor.county_id, protocol_begun_with(plans[visit.plan_id]), age, by_patient=False)
        forms.setdefault(form.key, form)
        shown[visit.id] = RoundVisitOut(**out.model_dump(), form=form.key, last_values=last.get(visit.resident_id, []))
    villages = {resident.village for resident in people.values()}
    names = queries.namesakes_of(actor.county_id, villages, {resident.name for resident in people.values()})
    households = []
    for (village, household), dues in _homes(visits, people):
        here = [people[due.resident_id] for due in dues]
        households.append(
            HouseholdOut(
                household=household,
                village=village_name(actor.county_id, village),
                head=here[0].household_head or here[0].name,
                namesakes=max(names.get(resident.name, 1) for resident in here),
                visits=[shown[due.id] for due in dues],
            )
        )
    return RoundOut(
        day=today,
        village_names=sorted({home.village for home in households}),
        households=households,
        forms=list(forms.values()),
        carers=show_carers(list(plans.values())),
        emergency_phone=pack(actor.county_id).county.emergency_phone,
        done=show_visits(actor, queries.done_today(actor, today)),
    )


def _homes(
    visits: Sequence[FollowUpVisit], people: dict[UUID, Resident]
) -> list[tuple[tuple[str, str], list[FollowUpVisit]]]:
    homes: dict[tuple[str, str], list[FollowUpVisit]] = {}
    for visit in visits:
        resident = people[visit.resident_id]
        homes.setdefault((resident.village, resident.household), []).append(visit)
    return sorted(homes.items(), key=lambda item: _walking_order(item[0]))


def _walking_order(home: tuple[str, str]) -> tuple[str, int, str]:
    village, household = home
    digits = "".join(character for character in household if character.isascii() and character.isdigit())
    return village, int(digits or 0), household
