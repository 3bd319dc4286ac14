// A customer's page is whole without this. It only says instants by her own clock, instead of by the desk's.
const spoken = document.documentElement.lang;
const region = navigator.languages.find((one) => one.split("-")[0] === spoken.split("-")[0]);
const words = new Intl.DateTimeFormat(region ?? spoken, {
  weekday: "long", day: "numeric", month: "long", year: "numeric",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
});

for (const one of document.querySelectorAll("time[datetime]")) {
  one.title = one.textContent;
  one.textContent = words.format(new Date(one.dateTime));
}
document.getElementById("desk-zone")?.remove();
