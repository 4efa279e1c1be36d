// Shows every time in the reader's time zone; the server writes UTC.
const words = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.textContent = words.format(new Date(time.dateTime));
  }
}

localise(document);
