"""The texts all services' /openapi.json share, in the languages they are read in."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "problem": "Problem details (RFC 9457): `type` is for machines, `detail` says what to do.",
        "errors": "What must be changed, each with its place.",
        "400": "The request cannot be read.",
        "401": "No valid API key.",
        "403": "The key lacks the scope this route asks for.",
        "404": "Not known here, or not yet; with Retry-After, try again.",
        "409": "The present state forbids it, or a request with this Idempotency-Key is still running.",
        "412": "The version has changed since; read again, then decide again.",
        "413": "The body is too large.",
        "415": "The body is not declared as JSON.",
        "422": "The request's content is wrong, or its Idempotency-Key was used for another request.",
        "429": "Too many requests of one caller, where the operator has set a limit; try again after Retry-After seconds.",
        "503": "Not now; try again after Retry-After seconds.",
        "default": "Any other problem.",
        "304": "The answer is the one whose ETag was sent.",
        "shell": (
            "Every `GET` also answers `HEAD`, and every path `OPTIONS`. Answers to questions are compressed on "
            "`Accept-Encoding: gzip`; lists come as CSV on `Accept: text/csv`. Parameters and fields that are not named here "
            "are refused."
        ),
        "Idempotency-Key": "A new value for every write. Repeating it repeats the first answer, byte for byte.",
        "If-None-Match": "The ETag of what is known already; if it still stands, the answer is 304 without a body.",
        "If-Match": "The ETag seen last; the write is refused with 412 if it has changed.",
        "Position": "The Position of an earlier answer, also of another service: wait until it is known here, or 503.",
        "X-Request-ID": "The request's id, echoed or made; quote it when asking for help.",
        "traceparent": "W3C trace context; handed on to the events this request causes.",
        "told ETag": "The version of what is shown, for If-Match and If-None-Match.",
        "told Position": "How far this service had spoken; pass it on as Position to any service that shall know of it.",
        "told Data-As-Of": (
            "What stood on the log at this instant is in the answer, less what is set aside; absent while that is not known."
        ),
        "told Location": "Where what was made can be read.",
        "told Link": "The address of the next page, if there is one.",
        "told Idempotent-Replayed": "`true` when this is the first answer once more: its Idempotency-Key was used before.",
        "told Retry-After": "After how many seconds to try again.",
        "told WWW-Authenticate": "How to send a key.",
        "told RateLimit-Policy": (
            "How many requests (`q`) a caller may send in how many seconds (`w`), counted by `key` or by `address`; "
            "only where the operator has set it."
        ),
        "told RateLimit": "How many of these requests are left (`r`), and in how many seconds the count starts again (`t`).",
    },
    "zh": {
        "problem": "问题详情（RFC 9457）：`type` 供程序判断，`detail` 说明如何处理。",
        "errors": "需要修改之处及其位置。",
        "400": "请求无法读取。",
        "401": "缺少有效的 API 密钥。",
        "403": "密钥没有此接口所需的权限范围。",
        "404": "此处不存在，或尚未到达；若带 Retry-After，请稍后重试。",
        "409": "当前状态不允许，或同一 Idempotency-Key 的请求仍在处理。",
        "412": "版本已变更；请重新读取后再决定。",
        "413": "请求体过大。",
        "415": "请求体未声明为 JSON。",
        "422": "请求内容有误，或该 Idempotency-Key 已用于另一请求。",
        "429": "同一调用方请求过于频繁（仅当运维人员设有上限时）；请在 Retry-After 秒后重试。",
        "503": "暂时不可用；请在 Retry-After 秒后重试。",
        "default": "其他问题。",
        "304": "应答与所发送的 ETag 一致，未变更。",
        "shell": (
            "每个 `GET` 均可用 `HEAD`，每个路径均可用 `OPTIONS`。带 `Accept-Encoding: gzip` 时查询应答会压缩；"
            "带 `Accept: text/csv` 时列表以 CSV 返回。未在此列出的参数与字段将被拒绝。"
        ),
        "Idempotency-Key": "每次写入使用新值；重复同一值将逐字节返回首次应答。",
        "If-None-Match": "已知内容的 ETag；若仍有效，则返回无正文的 304。",
        "If-Match": "最近看到的 ETag；若已变更，则以 412 拒绝写入。",
        "Position": "先前应答（也可来自其他服务）的 Position：等待其在此处可见；逾时返回 503。",
        "X-Request-ID": "请求编号，原样返回或自动生成；求助时请提供。",
        "traceparent": "W3C 跟踪上下文；会传给此请求引发的事件。",
        "told ETag": "所示内容的版本，用于 If-Match 与 If-None-Match。",
        "told Position": "本服务已记录到的位置；请作为 Position 传给需要知晓它的服务。",
        "told Data-As-Of": "截至该时刻日志中的内容均已计入此应答（被搁置的除外）；尚不明确时不提供。",
        "told Location": "新建内容的读取地址。",
        "told Link": "下一页的地址（如有）。",
        "told Idempotent-Replayed": "`true` 表示该 Idempotency-Key 曾用过，此为首次应答的重发。",
        "told Retry-After": "多少秒后重试。",
        "told WWW-Authenticate": "如何发送密钥。",
        "told RateLimit-Policy": (
            "每个调用方在若干秒（`w`）内可发送的请求数（`q`），按密钥（`key`）或地址（`address`）计；仅当运维人员设有上限时出现。"
        ),
        "told RateLimit": "剩余请求数（`r`），以及多少秒后重新计数（`t`）。",
    },
}
