"""Every word a customer reads, in the languages they read."""

from collections.abc import Mapping

LANGUAGES = ("en", "zh")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "lang": "en",
        "title": "How did we do?",
        "lead": "We have finished our work on your request. Tap a face and send; everything else is optional.",
        "about": "About:",
        "other": "中文",
        "language": "Language",
        "overall": "Overall, how satisfied are you?",
        "score_1": "Very dissatisfied",
        "score_2": "Dissatisfied",
        "score_3": "Neutral",
        "score_4": "Satisfied",
        "score_5": "Very satisfied",
        "more": "If you have a moment",
        "scale": "1 is very dissatisfied, 5 is very satisfied.",
        "content": "The solution",
        "content_hint": "Did it meet your need?",
        "efficiency": "The speed",
        "efficiency_hint": "Did it take as long as you expected, or less?",
        "attitude": "The people",
        "attitude_hint": "Were we friendly and clear?",
        "skip": "Skip",
        "comment": "Anything we should know?",
        "comment_hint": "Optional. Please leave out passwords and card numbers.",
        "send": "Send answer",
        "resend": "Send new answer",
        "until": "You can answer until",
        "until_change": "You can change your answer until",
        "final": "Your answer is final once you send it.",
        "comment_kept": "Leave this empty to keep what you wrote before.",
        "privacy": "Scores are counted without your name. Your words are kept apart from them and can be erased.",
        "error_title": "Nothing was sent yet",
        "error_overall": "Please choose how satisfied you are overall.",
        "error_comment": "Your text is too long. Please shorten it to 2,000 characters.",
        "error_unreadable": "We could not read your answer. Please try again.",
        "answered": "You have answered already. A new answer replaces the earlier one.",
        "thanks": "Thank you",
        "thanks_text": "Your answer has arrived.",
        "thanks_low": "We are sorry that we fell short. Thank you for being frank: it shows us what to put right.",
        "change": "Change my answer",
        "gone_expired": "This survey has ended",
        "gone_expired_text": "The time to answer is over. Thank you for wanting to tell us.",
        "gone_answered": "You have answered already",
        "gone_answered_text": "Thank you, your answer has arrived. It is final and is not shown here.",
        "gone_reopened": "We are working on your request again",
        "gone_reopened_text": "Thank you for wanting to tell us. We will ask you again when the work is done.",
        "gone_away": "This does not work just now",
        "gone_away_text": "Please try again in a minute. If you were sending an answer, go back and send it again.",
        "gone_unknown": "This link does not work",
        "gone_unknown_text": "Please open the link from your invitation again and check that it is complete.",
    },
    "zh": {
        "lang": "zh-Hans",
        "title": "您对我们的服务满意吗？",
        "lead": "您的服务请求现已结案。请选择一个表情并提交，其余内容选填。",
        "about": "事项：",
        "other": "English",
        "language": "语言",
        "overall": "总体来说，您满意吗？",
        "score_1": "非常不满意",
        "score_2": "不满意",
        "score_3": "一般",
        "score_4": "满意",
        "score_5": "非常满意",
        "more": "如果您方便，还可以评价以下几项",
        "scale": "1 表示非常不满意，5 表示非常满意。",
        "content": "解决方案",
        "content_hint": "是否满足了您的需求？",
        "efficiency": "处理速度",
        "efficiency_hint": "用时是否符合您的预期？",
        "attitude": "服务态度",
        "attitude_hint": "我们是否友好，说明是否清楚？",
        "skip": "跳过",
        "comment": "还有什么想告诉我们的？",
        "comment_hint": "选填。请勿填写密码或银行卡号。",
        "send": "提交评价",
        "resend": "重新提交",
        "until": "评价截止时间：",
        "until_change": "修改评价的截止时间：",
        "final": "评价提交后不能修改。",
        "comment_kept": "如不填写，将保留您之前写的内容。",
        "privacy": "评分统计不涉及您的姓名。您写的内容与评分分开保存，可应您的要求删除。",
        "error_title": "评价尚未提交",
        "error_overall": "请选择您的总体满意度。",
        "error_comment": "文字过长，请缩短至 2000 字以内。",
        "error_unreadable": "无法读取您的评价，请重试。",
        "answered": "您已经评价过。新的评价将替换之前的评价。",
        "thanks": "感谢您的评价",
        "thanks_text": "我们已收到您的评价。",
        "thanks_low": "很抱歉没能让您满意。感谢您的坦率，这让我们知道哪里需要改进。",
        "change": "修改我的评价",
        "gone_expired": "本次调查已结束",
        "gone_expired_text": "评价时间已过。感谢您愿意告诉我们您的感受。",
        "gone_answered": "您已经评价过",
        "gone_answered_text": "我们已收到您的评价，谢谢您。评价提交后不能修改，也不再在此显示。",
        "gone_reopened": "我们正在重新处理您的服务请求",
        "gone_reopened_text": "感谢您愿意告诉我们您的感受。处理结束后，我们会再次邀请您评价。",
        "gone_away": "服务暂时不可用",
        "gone_away_text": "请过一分钟再试。如果您刚才正在提交评价，请返回上一页重新提交。",
        "gone_unknown": "链接无效",
        "gone_unknown_text": "请从邀请信息中重新打开链接，并确认链接完整。",
    },
}


def language(wanted: str | None, accepted: str | None) -> str:
    """Return the language to speak: the one asked for by name, else the browser's favourite among ours, else English."""
    for candidate in (wanted or "", *_by_preference(accepted or "")):
        if (base := candidate.strip().lower().split("-")[0]) in LANGUAGES:
            return base
    return LANGUAGES[0]


def _by_preference(accepted: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _, quality = part.partition(";q=")
        try:
            ranked.append((-float(quality or 1), tag))
        except ValueError:
            continue
    # Sorting by the quality alone keeps the browser's order among equals; quality 0 means "not this one".
    return [tag for weight, tag in sorted(ranked, key=lambda one: one[0]) if weight < 0]
