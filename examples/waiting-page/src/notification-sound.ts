/** Three soft notes, made here: nothing to load. Browsers let a page sound only after the fan has touched it once. */
export class Chime {
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

  ring(): void {
    const audio = this.#audio;
    if (!this.isOn || !audio) return;
    [523.25, 659.25, 783.99].forEach((frequency, note) => {
      const at = audio.currentTime + note * 0.22;
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.25, at + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 1.2);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 1.3);
    });
  }
}
