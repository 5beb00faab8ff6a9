/** What a Redis has done since its start, by its own `INFO`. */
export interface Usage {
  /** With those in scripts. */
  commands: number;
  bytesIn: number;
  bytesOut: number;
  /** s */
  cpu: number;
  /** Bytes */
  memory: number;
  /** With that of the one who asks. */
  connections: number;
}

export async function usage(admin: { info(): Promise<string> }): Promise<Usage> {
  const info = await admin.info();
  const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)![1]);
  return {
    commands: of('total_commands_processed'),
    bytesIn: of('total_net_input_bytes'),
    bytesOut: of('total_net_output_bytes'),
    cpu: of('used_cpu_user') + of('used_cpu_sys'),
    memory: of('used_memory'),
    connections: of('connected_clients'),
  };
}
