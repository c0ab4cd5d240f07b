// Loaded before a process's own modules (`--import`): its wall clock is off by STOA_SKEW_SECONDS. Timers and monotonic clocks stay, as with a machine whose clock was set wrongly.
const skew = Number(process.env.STOA_SKEW_SECONDS ?? 0) * 1_000
const TrueDate = Date
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [TrueDate.now() + skew], newTarget),
  apply: () => new TrueDate(TrueDate.now() + skew).toString(),
  get: (target, name, receiver) => (name === 'now' ? () => TrueDate.now() + skew : Reflect.get(target, name, receiver)),
})
