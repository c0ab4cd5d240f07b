import { DEFAULT_SERVICE, type ServiceOptions } from './serviceOptions.ts'
import { type RunningService, type ServiceName, startService } from './startService.ts'

/** A service that can be started anew while others hold on to it. */
export type SupervisedService = {
  current(): RunningService
  /** Stops the process and starts another, which reads the configuration again. */
  restart(): Promise<RunningService>
  stop(): Promise<void>
}

/** Starts a service; `onEnd` is told when its process ends without having been asked to. */
export async function supervise(
  parameters: { name: ServiceName; home: string; port: number } & Partial<ServiceOptions>,
  onEnd: (why: string) => void,
): Promise<SupervisedService> {
  let asked = false
  const start = async () => {
    const { name, home, ...options } = parameters
    const service = await startService(name, home, { ...DEFAULT_SERVICE, ...options })
    asked = false
    service.ended.then(({ code, signal }) => asked || onEnd(`The ${parameters.name} ended (${signal ?? code})`))
    return service
  }
  let service = await start()
  const stop = async () => {
    asked = true
    await service.ask('stop')
    await service.ended
  }
  return {
    current: () => service,
    stop,
    async restart() {
      await stop()
      service = await start()
      return service
    },
  }
}
