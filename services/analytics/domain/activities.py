"""What happens to a case, in words that people read in an event log.

A visit of a node has the name that its process standard gives it, and an exception likewise; these are the words for the rest,
and for what no published standard names. Of what happens at one instant, the order here is the order there.
"""

from collections.abc import Mapping

from libs.events.catalogue.standard import Label

ACTIVITIES: Mapping[str, Label] = {
    "registered": Label(en="Registered", zh="登记"),
    "cancel_asked": Label(en="Cancellation asked for", zh="申请取消"),
    "reopened": Label(en="Reopened", zh="重开"),
    "terms_restated": Label(en="Terms restated", zh="重述时限"),
    "due_changed": Label(en="Due date changed", zh="变更到期日"),
    "info_supplied": Label(en="Information supplied", zh="补充信息"),
    "record_attached": Label(en="Form filled in", zh="填写表单"),
    "file_attached": Label(en="File attached", zh="添加附件"),
    "customer_accepted": Label(en="Accepted by the customer", zh="客户接受"),
    "customer_rejected": Label(en="Rejected by the customer", zh="客户不接受"),
    "classified": Label(en="Classified", zh="分类"),
    "graded": Label(en="Graded", zh="分级"),
    "assigned": Label(en="Assigned", zh="分派"),
    "handed_over": Label(en="Handed over", zh="转派"),
    "work_handed_over": Label(en="Work handed over", zh="转交办理"),
    "noted_progress": Label(en="Progress noted", zh="记录进展"),
    "noted_problem": Label(en="Problem noted", zh="记录问题"),
    "noted_help": Label(en="Help asked for", zh="请求协助"),
    "decision_requested": Label(en="Decision asked for", zh="提请审批"),
    "decision_approved": Label(en="Approved", zh="审批通过"),
    "decision_rejected": Label(en="Rejected", zh="审批驳回"),
    "skipped": Label(en="Node skipped", zh="跳过节点"),
    "escalated_functional": Label(en="More skill called in", zh="职能升级"),
    "escalated_hierarchical": Label(en="More authority called in", zh="层级升级"),
    "escalation_acknowledged": Label(en="Call acknowledged", zh="确认升级"),
    "exception": Label(en="Exception", zh="异常"),
    "node": Label(en="Node", zh="节点"),
    "contact_inbound": Label(en="Contact from the customer", zh="客户来访"),
    "contact_response": Label(en="Response to the customer", zh="答复客户"),
    "contact_info": Label(en="Information for the customer", zh="告知客户"),
    "contact_progress": Label(en="Progress told to the customer", zh="告知进度"),
    "contact_result": Label(en="Result told to the customer", zh="告知结果"),
    "contact_followup": Label(en="Follow-up with the customer", zh="回访客户"),
    "contact_automated": Label(en="Automatic message", zh="自动消息"),
    "resolved": Label(en="Resolved", zh="解决"),
    "ended_otherwise": Label(en="Ended without being resolved", zh="未解决而终结"),
    "cancelled": Label(en="Cancelled", zh="取消"),
    "closed": Label(en="Closed", zh="关闭"),
    "survey_sent": Label(en="Customer asked for an opinion", zh="发出满意度调查"),
    "survey_answered": Label(en="Customer gave an opinion", zh="客户评价"),
}
"""Kind of what happened → its name."""
