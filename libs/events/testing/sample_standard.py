"""A complete process standard, its calendar and a roster, as two services publish them: the product-quality complaint."""

from datetime import UTC, date, datetime, time

from libs.events.catalogue.forms import bounded
from libs.events.catalogue.promise import CalendarRef, Change, Policy, PolicyRule, Target, Window
from libs.events.catalogue.sla import Calendar, HolidaySet
from libs.events.catalogue.standard import (
    Absence,
    Assignment,
    Confirmation,
    ExceptionRule,
    Form,
    Gate,
    Label,
    Node,
    Person,
    Role,
    Roster,
    Rule,
    Standard,
)

CALENDAR = Calendar(
    id="cn-office",
    version=1,
    timezone="Asia/Shanghai",
    windows=tuple(
        Window(weekday=day, opens=opens, closes=closes)
        for day in range(5)
        for opens, closes in ((time(9), time(12)), (time(13), time(18)))
    ),
    holidays=(date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3), date(2025, 10, 6), date(2025, 10, 7)),
    extra_days={date(2025, 9, 28): 1, date(2025, 10, 11): 2},
    first_day=date(2025, 1, 1),
    last_day=date(2025, 12, 31),
)

HOLIDAYS = HolidaySet(id="company", version=1, days={date(2025, 12, 24): "Christmas Eve", date(2025, 12, 31): "盘点"})

NODES = (
    Node(
        id="n1",
        name=Label(en="Receive and verify", zh="接收投诉并核实信息"),
        role="cs_agent",
        approver="cs_supervisor",
        inputs=("customer_feedback",),
        outputs=("complaint_register",),
    ),
    Node(
        id="n2",
        name=Label(en="Grade by impact", zh="投诉分级"),
        role="cs_supervisor",
        approver="cs_supervisor",
        key=True,
        inputs=("complaint_register",),
        outputs=("grade",),
    ),
    Node(
        id="n4",
        name=Label(en="Analyse, judge, plan", zh="原因分析、责任判定、制定方案"),
        role="quality_engineer",
        approver="quality_manager",
        key=True,
        initial_handling=True,
        inputs=("grade",),
        outputs=("solution_report",),
        support=("cs_agent",),
        consulted=("cs_supervisor",),
        informed=("cs_agent",),
        steps=(Label(en="Find the cause", zh="查明原因"),),
        gates=(
            Gate(
                id="plan_approval",
                name=Label(en="Plan approval", zh="处理方案审批"),
                approver="quality_manager",
                limit="4h",
                returns_to="n2",
            ),
        ),
    ),
    Node(
        id="n6",
        name=Label(en="Execute the plan", zh="按方案执行并跟踪进度"),
        role="cs_agent",
        approver="quality_manager",
        resolves=True,
        inputs=("solution_report",),
        outputs=("handling_result",),
        confirmation=Confirmation(subject="result", returns_to="n4"),
        notice="result-notice",
        asks_expectation=True,
    ),
)

TARGETS = (
    Target(
        clock="response",
        kind="response",
        limit="2h",
        start="registered",
        stop="started:n4",
        when={"grade": "urgent"},
    ),
    Target(clock="response", kind="response", limit="24h", start="registered", stop="first_response"),
    Target(
        clock="cycle",
        kind="cycle",
        limit="5wd",
        start="registered",
        stop="completed:n6",
        pauses=("awaiting_customer",),
    ),
    Target(clock="n4", kind="node", limit="24h", start="entered:n4", stop="completed:n4", node="n4"),
)

STANDARD = Standard(
    process_id="complaint-quality",
    version=1,
    name=Label(en="Customer product-quality complaint", zh="客户产品质量投诉处理流程"),
    calendar=CalendarRef(id="cn-office", version=1),
    nodes=NODES,
    targets=TARGETS,
    classify=(
        Rule(id="batch-is-urgent", when={"impact": "batch"}, then={"grade": "urgent", "severity": "major"}),
        Rule(id="otherwise-normal", then={"grade": "normal", "service_class": "routine", "severity": "minor"}),
    ),
    assign=(Rule(id="to-quality", when={"grade": "urgent"}, then={"team": "quality", "role": "quality_engineer"}),),
    exceptions=(
        ExceptionRule(
            code="awaiting_customer",
            name=Label(en="Awaiting the customer", zh="等待客户"),
            action="ask the customer and wait",
            at=("n1", "n4"),
            escalate_to="cs_supervisor",
        ),
    ),
    roles={
        "cs_agent": Role(en="CS agent", zh="客服专员"),
        "cs_supervisor": Role(en="CS supervisor", zh="客服主管"),
        "quality_engineer": Role(en="Quality engineer", zh="质量工程师"),
        "quality_manager": Role(en="Quality manager", zh="质量经理"),
    },
    attributes=("product_model", "impact"),
    forms={
        "solution_report": Form(
            en="Resolution plan report",
            zh="处理方案报告",
            schema=bounded(
                {
                    "type": "object",
                    "required": ["cause", "remedy"],
                    "properties": {
                        "cause": {"type": "string", "title": "Cause", "x-zh": "原因"},
                        "remedy": {"type": "string", "enum": ["repair", "replace", "compensate"]},
                        "cost": {"type": "number", "minimum": 0},
                    },
                }
            ),
            brief=("urgent",),
        )
    },
    scripts={"result-notice": Label(en="Your case {case} is handled: {result}", zh="您的工单 {case} 已处理：{result}")},
    required=("customer_name", "product_model", "problem_description"),
    change="seven steps become a published standard",
    reviewer="steering_lead",
    effective_from=datetime(2025, 7, 1, tzinfo=UTC),
)

ROSTER = Roster(
    team="quality",
    version=1,
    assignment=Assignment(strategy="least_loaded", relax_after="30m", hand_on=True),
    name=Label(en="Quality", zh="质量部"),
    timezone="Asia/Shanghai",
    people=(
        Person(
            id="agent-17",
            roles=("quality_engineer",),
            capacity=5,
            skills=("KX-200",),
            hours=(Window(weekday=0, opens=time(9), closes=time(18)),),
            absences=(Absence(first_day=date(2025, 7, 21), last_day=date(2025, 7, 25)),),
            deputy="agent-18",
        ),
        Person(id="agent-18", roles=("quality_engineer", "quality_manager"), capacity=0),
    ),
)

POLICY = Policy(
    process_id=STANDARD.process_id,
    version=1,
    valid_from=datetime(2025, 7, 1, tzinfo=UTC),
    rules=(
        PolicyRule(id="batch", when={"impact": "batch"}, then=Change(clock="response", limit="1h")),
        PolicyRule(
            id="major",
            when={"severity": "major"},
            then=Change(clock="cycle", limit="2wd", calendar=CalendarRef(id=CALENDAR.id, version=1)),
        ),
        PolicyRule(
            id="quality-judges",
            when={"team": "quality"},
            then=Change(
                clock="judged",
                limit="4h",
                adds=Target(
                    clock="judged", kind="node", limit="4h", start="entered:n4", stop="completed:n4", node="n4", per_visit=True
                ),
            ),
        ),
    ),
)
