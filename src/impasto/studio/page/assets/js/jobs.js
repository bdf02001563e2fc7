// Paintings that are being made: followed by server-sent events, and by asking where those fail. Others listen for news.

import * as api from "./api.js";
import { isOver } from "./words.js";

const STREAMS = 3; // a browser opens six connections to a server; previews and pictures need the others
const ASK_EVERY = 2500;
const followed = new Map(); // id -> {painting, source, timer}
const listeners = new Set();

/** listen(painting) at every news. Returns what ends it. */
export function onNews(listen) {
  listeners.add(listen);
  return () => listeners.delete(listen);
}

export const underway = () => [...followed.values()].map((one) => one.painting).filter((painting) => !isOver(painting));

function tell(painting) {
  const one = followed.get(painting.id);
  if (one) one.painting = painting;
  if (isOver(painting)) unfollow(painting.id);
  for (const listen of listeners) listen(painting);
}

/** Follows a painting until it is over. */
export function follow(painting) {
  if (followed.has(painting.id) || isOver(painting)) return;
  const one = { painting };
  followed.set(painting.id, one);
  const open = [...followed.values()].filter((other) => other.source).length;
  if (open < STREAMS) stream(one, painting.id);
  else ask(one, painting.id);
}

export function unfollow(id) {
  const one = followed.get(id);
  one?.source?.close();
  clearTimeout(one?.timer);
  followed.delete(id);
}

function stream(one, id) {
  one.source = new EventSource(api.eventsUrl(id));
  one.source.addEventListener("painting", (event) => tell(JSON.parse(event.data)));
  one.source.addEventListener("deleted", () => unfollow(id));
  one.source.addEventListener("error", () => {
    // A lost connection is taken up again by the browser itself; a refused one is not.
    if (one.source.readyState !== EventSource.CLOSED) return;
    one.source = null;
    ask(one, id);
  });
}

function ask(one, id) {
  one.timer = setTimeout(async () => {
    try {
      tell(await api.painting(id));
    } catch (error) {
      if (error.status === 404) unfollow(id);
    }
    if (followed.get(id) === one) ask(one, id);
  }, ASK_EVERY);
}

export async function start(body) {
  const painting = await api.paint(body);
  follow(painting);
  for (const listen of listeners) listen(painting);
  return painting;
}

export async function stop(id) {
  tell(await api.cancel(id));
}
