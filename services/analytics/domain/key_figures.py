"""The numbers by which the handbooks call their key figures."""

from libs.events.catalogue.standard import Label

KEY_FIGURES = {
    "K01": Label(en="On-time response rate", zh="需求响应及时率"),
    "K02": Label(en="Average response time", zh="平均响应时间"),
    "K03": Label(en="Resolution time and on-time rate", zh="问题解决时效"),
    "K04": Label(en="Handling cycle", zh="平均处理周期"),
    "K05": Label(en="Unhandled at 24 hours", zh="24小时未处理率"),
    "K06": Label(en="Open at 72 hours", zh="72小时未闭环率"),
    "K07": Label(en="Response in 24 hours, initial handling in 48", zh="24小时响应、48小时初步处理"),
    "K10": Label(en="Approval lead time", zh="审批时效"),
    "K15": Label(en="Customer satisfaction", zh="客户满意度"),
    "K17": Label(en="First contact resolution", zh="一次解决率"),
    "K19": Label(en="Closure rate", zh="闭环率"),
    "K20": Label(en="Resolution rate", zh="问题解决率"),
    "K21": Label(en="Complaint rate", zh="投诉率"),
    "K34": Label(en="Node duration", zh="流程节点耗时"),
    "K37": Label(en="Repeat submission and contact", zh="重复提交与沟通"),
    "K38": Label(en="Transfers and reopenings", zh="转派与重开率"),
    "K39": Label(en="Automation rate", zh="自动化率"),
    "K40": Label(en="Class mix", zh="服务类别占比"),
    "K47": Label(en="Channel mix", zh="渠道占比"),
}
"""The numbers that `kpi` may say, and their names in the handbooks."""
