/** All sounds, made on the spot: a few tones each, no files. */

interface Note {
  /** Hz */
  pitch: number;
  /** Seconds from now. */
  at: number;
  /** Seconds */
  lasts: number;
  shape?: OscillatorType;
  /** 0..1 */
  loud?: number;
}

const SOUNDS = {
  tick: [{ pitch: 440, at: 0, lasts: 0.09, shape: 'square', loud: 0.12 }],
  go: [
    { pitch: 660, at: 0, lasts: 0.1, shape: 'square', loud: 0.13 },
    { pitch: 880, at: 0.09, lasts: 0.28, shape: 'square', loud: 0.13 },
  ],
  hurry: [{ pitch: 1240, at: 0, lasts: 0.05, shape: 'triangle', loud: 0.3 }],
  /** The last second is a roll, quicker and quicker. */
  last: [0, 0.24, 0.44, 0.6, 0.72, 0.81, 0.88].map((at, i) => ({
    pitch: 1240 + 60 * i,
    at,
    lasts: 0.06,
    shape: 'triangle',
    loud: 0.3,
  })),
  recognized: [523, 659, 784, 1047].map((pitch, i) => ({
    pitch,
    at: i * 0.075,
    lasts: 0.3,
    shape: 'triangle',
    loud: 0.35,
  })),
  rival: [
    { pitch: 392, at: 0, lasts: 0.12, loud: 0.2 },
    { pitch: 494, at: 0.08, lasts: 0.18, loud: 0.2 },
  ],
  over: [440, 370, 294].map((pitch, i) => ({ pitch, at: i * 0.11, lasts: 0.2, shape: 'triangle', loud: 0.25 })),
  win: [523, 523, 523, 659, 784, 1047].map((pitch, i) => ({
    pitch,
    at: [0, 0.12, 0.24, 0.36, 0.52, 0.68][i]!,
    lasts: i === 5 ? 0.8 : 0.2,
    shape: 'sawtooth',
    loud: 0.12,
  })),
} satisfies Record<string, Note[]>;
export type Sound = keyof typeof SOUNDS;

export interface SoundPlayer {
  play(sound: Sound): void;
  /** Call it while a touch or a key is handled: browsers let a page sound only after that. */
  unlock(): void;
}

export function createSound(): SoundPlayer {
  let audio: AudioContext | undefined;
  return {
    unlock() {
      if (!('AudioContext' in globalThis)) return;
      audio ??= new AudioContext();
      // Safari has states of its own, such as `interrupted` after a phone call.
      if (audio.state !== 'running') audio.resume().catch(() => {});
    },
    play(sound) {
      if (audio?.state !== 'running') return;
      const now = audio.currentTime + 0.01;
      for (const { pitch, at, lasts, shape = 'sine', loud = 0.2 } of SOUNDS[sound] as Note[]) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        tone.type = shape;
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0, now + at);
        volume.gain.linearRampToValueAtTime(loud, now + at + 0.008);
        volume.gain.exponentialRampToValueAtTime(0.001, now + at + lasts);
        tone.connect(volume).connect(audio.destination);
        tone.start(now + at);
        tone.stop(now + at + lasts + 0.02);
      }
    },
  };
}
