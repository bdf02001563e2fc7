// The instant preview: at most one request is under way, and the latest wanted state is always the next one sent.
// A rest of the hand brings one finer preview. performance.measure("preview") runs from the hand's move to the painted pixels.

import { ApiError } from "./api.js";

const QUICK = 512;
const FINE = 768;
const REST = 450; // ms without a move before the finer one

export class Previewer {
  /** request(size, signal) paints the state of that moment; show(bitmap) puts it on the wall; fail(error or null). */
  constructor({ request, show, fail }) {
    Object.assign(this, { request, show, fail });
    this.wantedSince = null;
    this.busy = null;
  }

  /** The state has changed. since: when the hand moved, in performance.now()'s milliseconds. */
  want(since = performance.now()) {
    this.wantedSince = since;
    clearTimeout(this.rest);
    if (this.busy?.fine) this.busy.abort.abort();
    if (!this.busy) this.run(QUICK);
  }

  /** Nothing is wanted any more: another picture hangs on the wall. */
  stop() {
    this.wantedSince = null;
    clearTimeout(this.rest);
    this.busy?.abort.abort();
  }

  async run(size) {
    const since = this.wantedSince;
    const job = { abort: new AbortController(), fine: size === FINE };
    this.wantedSince = null;
    this.busy = job;
    let pause = 0;
    try {
      const bitmap = await this.request(size, job.abort.signal);
      if (bitmap && !job.abort.signal.aborted) {
        this.show(bitmap);
        this.fail(null);
        if (!job.fine) measure(since);
      }
    } catch (error) {
      if (error.name !== "AbortError") pause = this.stumble(error, since);
    }
    setTimeout(() => this.next(job), pause);
  }

  next(job) {
    this.busy = null;
    if (this.wantedSince !== null) this.run(QUICK);
    else if (!job.fine && !job.abort.signal.aborted) this.rest = setTimeout(() => !this.busy && this.run(FINE), REST);
  }

  /** Too many at once is no failure: wait as long as the service asks, then send what is wanted by then. */
  stumble(error, since) {
    if (error instanceof ApiError && error.status === 429) {
      this.wantedSince ??= since;
      return Math.min(5, error.retryAfter || 0.5) * 1000;
    }
    this.fail(error);
    return 0;
  }
}

/** Waits for the frame that shows the pixels, so that the figure is what the eye gets. */
function measure(since) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => performance.measure("preview", { start: since, end: performance.now() });
    port2.postMessage(null);
  });
}
