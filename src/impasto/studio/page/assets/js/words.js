// Numbers and settings in words.

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function ago(date) {
  const then = typeof date === "number" ? date * 1000 : Date.parse(date);
  const seconds = (then - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (seconds > -45) return "just now";
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (-seconds >= size) return RELATIVE.format(Math.round(seconds / size), unit);
  }
  return "a minute ago";
}

export function list(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export function title(painting) {
  if (painting.kind === "reconstruction") return "What the network sees";
  return `After ${list(painting.styles.map((style) => style.name || "a picture")) || "a style"}`;
}

/** What it was made with, and how long it took. */
export function note(painting) {
  const { settings = {}, state, seconds, width, height } = painting;
  if (state === "queued") return "waiting for its turn";
  if (painting.cancelling) return "putting the brushes down";
  if (state === "running") return progress(painting);
  if (state === "cancelled") return "cancelled";
  if (state === "failed") return "did not work out";
  const method = settings.method === "fast" ? "in one pass" : settings.texture;
  const strength = settings.strength < 1 ? `strength ${Math.round(settings.strength * 100)}` : "";
  const color = { keep: "photo’s colours", match: "matched colours" }[settings.color];
  return [method, width && `${width} × ${height}`, strength, color, duration(seconds)].filter(Boolean).join(" · ");
}

export function progress(painting) {
  const { progress: at } = painting;
  if (!at?.steps) return "mixing the colours";
  const left = at.seconds_left ? ` · about ${duration(Math.max(1, at.seconds_left))} left` : "";
  const level = at.levels > 1 ? `level ${at.level} of ${at.levels} · ` : "";
  return `${level}step ${at.step} of ${at.steps}${left}`;
}

/** 0 to 1, or null where it is not known. */
export function share({ progress: at }) {
  if (!at?.steps) return null;
  return Math.min(1, (Math.max(0, at.level - 1) + at.step / at.steps) / Math.max(1, at.levels));
}

export const isOver = (painting) => ["done", "failed", "cancelled"].includes(painting.state);
