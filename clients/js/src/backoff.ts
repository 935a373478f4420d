// Exponential back-off with jitter: so that ten thousand clients of a server that restarts do not come back in one instant.

export interface BackoffOptions {
  /** Milliseconds before the first retry. */
  min: number;
  /** No delay is longer. */
  max: number;
  /** A delay is shortened by up to this part of it, at random. */
  jitter?: number;
}

export class Backoff {
  private attempts = 0;

  constructor(
    private readonly options: BackoffOptions,
    private readonly random: () => number,
  ) {}

  /** The delay before the next attempt; never shorter than `atLeast` (what the server asked for). */
  next(atLeast = 0): number {
    const { min, max, jitter = 0.5 } = this.options;
    const delay = Math.min(max, min * 2 ** Math.min(this.attempts++, 30));
    const shortened = delay * (1 - jitter * this.random());
    return Math.round(atLeast > 0 ? atLeast + jitter * this.random() * Math.min(atLeast, delay) : shortened);
  }

  reset(): void {
    this.attempts = 0;
  }
}
