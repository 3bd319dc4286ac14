// Pages are whole without this. It only says each instant in the viewer's own zone, too.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const note = document.getElementById("your-zone");

function say(within) {
  const words = new Intl.DateTimeFormat(note.dataset.lang, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  for (const one of within.querySelectorAll("time[datetime]")) {
    one.title = `${words.format(new Date(one.dateTime))} (${zone})`;
  }
}

if (note) {
  note.textContent = ` · ${note.dataset.words} ${zone}`;
  say(document);
  document.addEventListener("htmx:after:swap", () => say(document));
}
