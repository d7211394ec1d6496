// What was done, back to the beginning of the visit. A step is a list of {key, before, after}.

export class History {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  add(step) {
    this.done.push(step);
    this.undone = [];
  }

  /** Return the changes that take the last step back, [] where there is none. */
  undo() {
    const step = this.done.pop();
    if (step === undefined) return [];
    this.undone.push(step);
    return step.map(({ key, before }) => ({ key, text: before }));
  }

  redo() {
    const step = this.undone.pop();
    if (step === undefined) return [];
    this.done.push(step);
    return step.map(({ key, after }) => ({ key, text: after }));
  }
}
