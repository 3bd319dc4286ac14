"""Which scope opens which operation: a table, and nothing that has to be built to read it."""

SCOPES = {
    "cases:write": {
        "intake.post_case", "intake.post_contact", "intake.post_fields", "intake.post_record", "intake.post_confirmation",
        "intake.post_cancel", "intake.post_due", "intake.post_attachment",
        "routing.classify_case_id", "routing.grade_case_id", "routing.assign_case_id", "routing.escalate_case_id",
        "routing.resolve_case_id", "routing.reopen_case_id", "routing.close_case_id",
        "routing.start_node", "routing.complete_node", "routing.return_node", "routing.handover_node", "routing.note_node",
        "routing.skip_node", "routing.request_gate", "routing.decide_gate", "routing.raise_code", "routing.clear_code",
        "routing.acknowledge_number",
    },
    "cases:read": {
        "intake.get_cases", "routing.get_work", "routing.get_team", "routing.get_case", "routing.get_processes",
        "routing.get_version",
    },
    "cases:personal": {
        "intake.get_case", "intake.get_records", "intake.get_attachments", "intake.get_attachment", "intake.get_dossier",
        "intake.get_dossier_zip",
        "routing.get_notes", "routing.get_words",
    },
    "cases:erase": {
        "intake.delete_personal", "intake.delete_case_personal", "routing.delete_personal", "survey.delete_personal",
    },
    "import:write": {"intake.post_import"},
    "standards:write": {
        "routing.post_process", "routing.post_publish", "routing.post_retire", "sla.post_calendar",
        "sla.post_holidays", "sla.post_policy", "sla.post_restating",
    },
    "rosters:read": {"routing.get_rosters", "routing.get_roster", "routing.get_roster_version"},
    "rosters:write": {"routing.post_roster"},
    "clocks:read": {
        "sla.get_due", "sla.get_clocks", "sla.get_explanation", "sla.get_history", "sla.get_breaches", "sla.get_waiting",
        "sla.get_pauses", "sla.get_breach_feed",
        "sla.get_calendars", "sla.get_calendar", "sla.get_holidays", "sla.get_holidays_version", "sla.get_calendar_version",
        "sla.get_policies", "sla.get_policy", "sla.get_policy_version", "sla.get_restating",
        "sla.get_reckonings", "sla.get_reckoning", "sla.get_reckoning_rows", "sla.get_reckoning_summary", "sla.get_comparison",
    },
    "reckonings:write": {
        "sla.post_reckoning", "sla.pause_reckoning", "sla.resume_reckoning", "sla.cancel_reckoning",
    },
    "surveys:read": {"survey.get_surveys"},
    "surveys:link": {"survey.get_invitations"},
    "surveys:personal": {"survey.get_survey"},
    "reads:read": {"intake.get_reads", "routing.get_reads", "survey.get_reads", "analytics.get_reads"},
    "quality:read": {"analytics.get_corrections", "analytics.get_risks"},
    "quality:write": {
        "analytics.post_correction", "analytics.start_correction", "analytics.done_correction", "analytics.verify_correction",
        "analytics.close_correction", "analytics.post_risk", "analytics.assess_risk", "analytics.check_risk",
        "analytics.close_risk",
    },
    "quality:personal": {"analytics.get_correction", "analytics.get_risk"},
    "quality:erase": {"analytics.delete_correction_personal", "analytics.delete_risk_personal"},
    "figures:read": {
        "analytics.get_fcr", "analytics.get_satisfaction", "analytics.get_timeliness", "analytics.get_workload",
        "analytics.get_node_durations", "analytics.get_measures", "analytics.get_outcomes",
        "analytics.get_figures", "analytics.get_figure", "analytics.get_timeline",
    },
}  # fmt: skip
