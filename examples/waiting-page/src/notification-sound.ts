/** Plays three synthesised notes. Browsers allow sound only after the first input of the user. */
export class NotificationSound {
  #audio: AudioContext | undefined;
  isOn: boolean;

  constructor(isOn: boolean) {
    this.isOn = isOn;
    const unlock = (): void => {
      this.#audio ??= new AudioContext();
      void this.#audio.resume();
    };
    for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, unlock, { once: true });
  }

  play(): void {
    const audio = this.#audio;
    if (!this.isOn || !audio) return;
    [523.25, 659.25, 783.99].forEach((frequency, note) => {
      const start = audio.currentTime + note * 0.22;
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.25, start + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 1.2);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 1.3);
    });
  }
}
