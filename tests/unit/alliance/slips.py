"""Mistakes a county could make in its pack, each with the refusal it must meet."""

from typing import NamedTuple


class Slip(NamedTuple):
    """A mistake: in this file `old` becomes `new`; the fault lies on the line of `at` (or of `new`)."""

    county: str
    file: str
    old: str
    new: str
    code: str
    at: str = ""
    lines_below: int = 0


SLIPS = {
    "unknown key": Slip("xinmi", "booking", "give_back_hours = 48", "give_bak_hours = 48", "unknown_key"),
    "missing key": Slip("xinmi", "booking", "[hold]\ncheckout_minutes = 10\n", "[hold]\n", "missing_key", "[hold]"),
    "share above 100": Slip("mangshi", "booking", "referral_percent = 20", "referral_percent = 101", "out_of_range"),
    "share below 0": Slip("mangshi", "booking", "referral_percent = 20", "referral_percent = -1", "out_of_range"),
    "text for a number": Slip("xinmi", "booking", "checkout_minutes = 10", 'checkout_minutes = "10"', "wrong_type"),
    "number with a point": Slip("xinmi", "booking", "checkout_minutes = 10", "checkout_minutes = 10.5", "wrong_type"),
    "month-long lock-out": Slip("xinmi", "booking", '"warn_and_help"', '"block_30_days"', "not_allowed"),
    "broken syntax": Slip("xinmi", "words", "[[groups]]", "[[groups]", "syntax"),
    "referred book later than all": Slip(
        "xinmi", "booking", "referral_lead_days = 14", "referral_lead_days = 3", "wrong_order"
    ),
    "department elsewhere": Slip(
        "xinmi", "booking", '"gynecology", "obstetrics", "pediatrics"]', '"icu"]', "unknown_reference"
    ),
    "chain of one": Slip(
        "xinmi",
        "referral",
        '[[chains.steps]]\norder = 2\ncode = "department-head"\nroles = ["department_head"]\n'
        'title = "科室负责人"\nact = "sign"\nof = "issuer"\n'
        'stand_ins = [{ role = "medical_office", duty = "duty-chief", name = "总值班" }]\n'
        "may_sign_after_office_hours = true\nlimit_working_minutes = 240\n",
        "",
        "chain_length",
        'code = "down-county"',
        9,
    ),
    "one for two steps that are no neighbours": Slip(
        "xinmi",
        "referral",
        'steps = ["department-head", "register"]',
        'steps = ["treating", "register"]',
        "not_neighbours",
    ),
    "one for two at a house of another chain": Slip(
        "xinmi",
        "referral",
        'institutions = ["cc-qingpingjie", "th-niudian"]',
        'institutions = ["first-hospital", "th-niudian"]',
        "other_level",
    ),
    "one for two named twice": Slip(
        "xinmi",
        "referral",
        'institutions = ["cc-qingpingjie", "th-niudian"]',
        'institutions = ["th-niudian", "th-niudian"]',
        "two_pairs",
    ),
    "chain out of order": Slip(
        "mangshi",
        "referral",
        'order = 3\ncode = "insurance-agency"',
        'order = 4\ncode = "insurance-agency"',
        "wrong_order",
    ),
    "chain begins elsewhere": Slip("mangshi", "referral", 'code = "treating"', 'code = "clerk"', "wrong_first_step"),
    "nobody signs at night, and late is not allowed": Slip(
        "mangshi",
        "referral",
        "may_sign_after_office_hours = true\nlimit_working_minutes = 120\n",
        "may_sign_after_office_hours = false\nlimit_working_minutes = 120\n",
        "holds_up",
    ),
    "a law's disease without a house": Slip(
        "xinmi",
        "referral",
        'condition = "mental"\ninstitutions = ["zz-mental"]',
        'condition = "mental"\ninstitutions = ["health-bureau"]',
        "unknown_reference",
        'institutions = ["health-bureau"]',
    ),
    "two chains for one level": Slip(
        "mangshi",
        "referral",
        'code = "up-county"\nversion = "2017 年文件"\ndirection = "up"\nissuer_levels = ["county"]',
        'code = "up-county"\nversion = "2017 年文件"\ndirection = "up"\nissuer_levels = ["township"]',
        "two_chains",
        'code = "up-county"',
        3,
    ),
    "unknown role": Slip("mangshi", "referral", '"insurance_agency"]', '"hospital_insurance"]', "not_allowed"),
    "indication of the other way": Slip(
        "xinmi",
        "referral",
        'text = "两次调药后仍不达标", indication = "undiagnosed"',
        'text = "两次调药后仍不达标", indication = "chronic-care"',
        "unknown_reference",
    ),
    "standard of no disease": Slip(
        "xinmi", "referral", 'condition = "stroke"\nname', 'condition = "strok"\nname', "unknown_reference"
    ),
    "deductible not lower below": Slip(
        "mangshi", "insurance", "deductible_fen = 50_000", "deductible_fen = 20_000", "not_ordered_by_level"
    ),
    "ratio not higher below": Slip(
        "mangshi", "insurance", "bands = [{ percent = 80 }]", "bands = [{ percent = 90 }]", "not_ordered_by_level"
    ),
    "ratio not higher below in one band": Slip(
        "xinmi",
        "insurance",
        "{ up_to_fen = 150_000, percent = 63 }",
        "{ up_to_fen = 150_000, percent = 70 }",
        "not_ordered_by_level",
    ),
    "bands going back": Slip("xinmi", "insurance", "up_to_fen = 80_000", "up_to_fen = 10_000", "wrong_order"),
    "no last band": Slip("xinmi", "insurance", "percent = 70 }, { percent = 90 }]", "percent = 90 }]", "open_band"),
    "fee split off by one fen": Slip(
        "mangshi",
        "contracts",
        "total_fen = 15_000\nfund_fen = 6_000",
        "total_fen = 15_000\nfund_fen = 6_001",
        "wrong_sum",
        "total_fen = 15_000",
    ),
    "negative fee": Slip("xinmi", "contracts", "fund_fen = 1_200", "fund_fen = -1_200", "out_of_range"),
    "term under a year": Slip("xinmi", "contracts", "months = 12", "months = 6", "out_of_range"),
    "group of no disease": Slip(
        "xinmi",
        "contracts",
        'belongs_by = "condition"\ncondition = "diabetes"\n',
        'belongs_by = "condition"\n',
        "missing_key",
        '[[key_groups]]\ncode = "diabetes"',
    ),
    "above the national cap": Slip(
        "xinmi",
        "prescriptions",
        "usual_days = 28\nmax_days = 84",
        "usual_days = 28\nmax_days = 90",
        "over_national_cap",
        "max_days = 90",
    ),
    "disease above the national cap": Slip(
        "mangshi",
        "prescriptions",
        'name = "高血压"\nmax_days = 56',
        'name = "高血压"\nmax_days = 85',
        "over_national_cap",
        "max_days = 85",
    ),
    "disease above the county's cap": Slip(
        "mangshi",
        "prescriptions",
        'name = "高血压"\nmax_days = 56',
        'name = "高血压"\nmax_days = 84',
        "over_county_cap",
        "max_days = 84",
    ),
    "foreign clause as a source": Slip(
        "mangshi", "insurance", 'source = "MS-4.2.3e"', 'source = "XM-5.6c"', "foreign_clause"
    ),
    "foreign clause the other way": Slip(
        "xinmi", "booking", 'source = "XM-5.4c"', 'source = "MS-4.2.2d2"', "foreign_clause"
    ),
    "foreign clause in a text": Slip(
        "xinmi", "referral", 'seal = "转出机构盖章处"', 'seal = "盖章处（MS-4.2.2u2）"', "foreign_clause"
    ),
    "foreign clause declared": Slip("mangshi", "sources", 'id = "MS-4.4"', 'id = "XM-5.2c"', "foreign_clause"),
    "foreign clause for a rule": Slip(
        "xinmi", "sources", '"referral.own_wish" = "S-own-wish"', '"referral.own_wish" = "MS-4.2.3e"', "foreign_clause"
    ),
    "source that nobody wrote down": Slip(
        "xinmi", "booking", 'source = "S-waitlist"', 'source = "S-waiting"', "unknown_source"
    ),
    "unconfirmed national rule": Slip(
        "xinmi", "contracts", 'source = "S-contract-cap"', 'source = "FD-07"', "unconfirmed_rule"
    ),
    "prefix of the nation": Slip("xinmi", "county", 'clause_prefix = "XM"', 'clause_prefix = "LP"', "reserved_prefix"),
    "folder of another name": Slip("xinmi", "county", 'id = "xinmi"', 'id = "xinmishi"', "folder_name"),
    "code twice": Slip(
        "xinmi", "places", 'code = "wangcun"', 'code = "hexi"', "duplicate", 'code = "hexi", name = "河西'
    ),
    "clinic under a hospital": Slip(
        "xinmi",
        "institutions",
        'name = "王村村卫生室"\nshort_name = "王村村卫生室"\nparent = "th-chaohua"',
        'name = "王村村卫生室"\nshort_name = "王村村卫生室"\nparent = "first-hospital"',
        "no_township",
        'code = "vc-wangcun"',
        -1,
    ),
    "village of another town": Slip(
        "xinmi", "institutions", 'villages = ["wangcun"]', 'villages = ["baoquan"]', "unknown_reference"
    ),
    "desk with one phone": Slip(
        "xinmi",
        "institutions",
        '["0371-00001002", "0371-00001003"]',
        '["0371-00001002"]',
        "no_desk",
        'code = "first-hospital"',
        -1,
    ),
    "lead is a township": Slip(
        "mangshi", "alliances", 'leads = ["tcm-hospital"]', 'leads = ["th-zhefang"]', "wrong_lead"
    ),
    "township in two alliances": Slip(
        "mangshi", "alliances", 'institution = "th-wuchalu"', 'institution = "th-fengping"', "two_alliances", "余文忠"
    ),
    "sharing above 100": Slip(
        "mangshi",
        "alliances",
        'name = "签约服务", weight = 20',
        'name = "签约服务", weight = 30',
        "wrong_sum",
        "parts = [",
    ),
    "no interval after danger": Slip(
        "xinmi",
        "followup",
        'outcome = "danger"\ndays = 14',
        'outcome = "controlled"\ndays = 14',
        "missing_interval",
        '[[protocols.intervals]]\noutcome = "controlled"',
    ),
    "ladder going back": Slip(
        "mangshi",
        "followup",
        'name = "市级医院转诊服务台", after_minutes = 60',
        'name = "市级医院转诊服务台", after_minutes = 10',
        "wrong_order",
        "steps = [",
    ),
    "target without an indicator": Slip(
        "mangshi",
        "targets",
        'indicator = "grassroots-share"\nkind',
        'indicator = "grassroots-shar"\nkind',
        "unknown_reference",
    ),
    "about without a band": Slip(
        "mangshi", "targets", "band = 3\n", "", "wrong_band", '[[targets]]\nindicator = "in-county', 0
    ),
    "work on a Wednesday": Slip("mangshi", "holidays", "date = 2026-05-09", "date = 2026-05-06", "not_weekend"),
    "work on a holiday": Slip("xinmi", "holidays", "date = 2026-02-14", "date = 2026-02-15", "contradiction"),
    "unknown year": Slip(
        "xinmi",
        "holidays",
        "first = 2026-10-01, last = 2026-10-07",
        "first = 2027-10-01, last = 2027-10-07",
        "unknown_year",
    ),
    "people unknown": Slip("mangshi", "holidays", 'people = "傈僳族"', 'people = "佤族"', "unknown_reference"),
    "levels upside down": Slip("xinmi", "county", "rank = 3", "rank = 2", "wrong_order"),
    "office that closes before it opens": Slip(
        "xinmi", "county", "start = 07:30:00, end = 12:00:00", "start = 07:30:00, end = 06:00:00", "wrong_order"
    ),
    "word in two groups": Slip("xinmi", "words", '"低血糖"]', '"低血糖", "吐血"]', "duplicate"),
}
