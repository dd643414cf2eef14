"""Whether a budget's terms can be asked of spans at all."""

from sightline.errors import BadFilterError, BadRequestError
from sightline.query import Binder, Filter, Grouping, Scene, Subject, Window
from sightline.store import BudgetTerms


def check(terms: BudgetTerms) -> None:
    """Raises BadFilterError and UnknownFactError for the filter, BadRequestError that names the field for the rest."""
    scene = Scene(terms.project, Window(), now_ns=0)
    Filter.parse(terms.filter).on_spans(scene, Binder())
    if terms.group_by is None:
        if terms.group_value is not None:
            raise BadRequestError("group_value: It needs a group_by that it is a value of; leave both out for a budget of everything.")
        return
    try:
        Grouping.by([terms.group_by], Subject("spans", scene, Binder()))
    except BadFilterError as error:
        raise BadRequestError(f"group_by: {error}; write a fact such as tenant, or attributes['…'].") from error
    except BadRequestError as error:
        raise BadRequestError(f"group_by: {error}") from error
