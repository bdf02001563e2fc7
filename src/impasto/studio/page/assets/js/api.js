// The service, as functions. Nothing here knows of the page; every failure is an ApiError with one line for the user.

export class ApiError extends Error {
  /** status: HTTP's, 0 where no answer came. retryAfter: seconds the service asks us to wait. */
  constructor(message, status = 0, retryAfter = 0) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`api/${path}`, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The studio does not answer. Is it still running? Start it again with: impasto studio");
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => null);
  const message = answer?.error?.message ?? `The studio answered with an error (${response.status}). Try again.`;
  throw new ApiError(message, response.status, Number(response.headers.get("Retry-After")) || 0);
}

const json = async (path, options) => (await call(path, options)).json();
const post = (path, body, options = {}) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), ...options });

export const health = () => json("health");
export const options = () => json("options");
export const styles = async () => (await json("styles")).styles;
export const saveStyle = async (picture, name) => (await post("styles", { picture, name })).json();
export const deleteStyle = (id) => call(`styles/${id}`, { method: "DELETE" });

/** A file or a blob becomes a picture of the studio. */
export function upload(file, name = file.name || "picture") {
  const form = new FormData();
  form.append("file", file, name);
  return json("pictures", { method: "POST", body: form });
}

/** The preview as a bitmap. */
export async function preview(body, signal) {
  const response = await post("previews", body, { signal });
  return response.status === 204 ? null : createImageBitmap(await response.blob());
}

export const paint = async (body) => (await post("paintings", body)).json();
export const reconstruct = async (body) => (await post("reconstructions", body)).json();
export const painting = (id) => json(`paintings/${id}`);
export const cancel = async (id) => (await post(`paintings/${id}/cancel`, {})).json();
export const remove = (id) => call(`paintings/${id}`, { method: "DELETE", keepalive: true });
/** A page of them, newest first; before: the `next` of the page before. */
export const paintings = (limit, before) => json(`paintings?${new URLSearchParams(before ? { limit, before } : { limit })}`);
/** A picture as small as a shelf shows it: a tenth of what the service calls a thumbnail. */
export const smallUrl = ({ picture }) => `${picture.url}?size=192`;
export const eventsUrl = (id) => `api/paintings/${id}/events`;
/** A picture as large as a wall shows it. */
export const wallPicture = (picture) => ({ ...picture, url: pictureUrl(picture.id, 1600) });
export const pictureUrl = (id, size) => `api/pictures/${id}${size ? `?size=${size}` : ""}`;
