// Refreshes the part of a page that is live when the service says that something changed. Without this the page is as it was loaded.
const part = document.querySelector("[data-live]");
const button = document.querySelector("[data-pause]");
let source = null;

function refresh() {
  htmx.trigger(document.querySelector("[data-live]"), "refresh");
}

function listen(on) {
  if (source) source.close();
  source = on ? new EventSource(part.dataset.live) : null;
  if (source) source.addEventListener("changed", refresh);
  // What changed between the page and the stream, or while the stream was away, is told by nobody else.
  if (source) source.addEventListener("open", refresh);
  button.setAttribute("aria-pressed", String(!on));
}

if (part && button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") === "true";
    listen(on);
    if (on) refresh();
  });
  document.addEventListener("visibilitychange", () => {
    const paused = button.getAttribute("aria-pressed") === "true";
    if (paused) return;
    if (document.hidden) { source.close(); } else { listen(true); refresh(); }
  });
  listen(true);
}
