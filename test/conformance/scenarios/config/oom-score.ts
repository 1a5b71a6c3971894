import { restartProxy, scenario, tamper } from '../../builders.ts';

const is = (score: number) =>
  tamper(
    `pid=$(ss -Htlnp 'sport = :10256' | grep -o 'pid=[0-9]*' | head -1 | cut -d= -f2); test "$(cat /proc/$pid/oom_score_adj)" = ${score}`,
  );

export default scenario({
  name: 'oomScoreAdj is set as configured, and where that is not allowed the proxy works without',
  why: 'ProxyServer.Run: the proxy adjusts its own OOM score; to lower it takes a privilege, and failing at it is only logged.',
  config: { oomScoreAdj: 123 },
  steps: [
    is(123),
    restartProxy('SIGTERM', { config: { oomScoreAdj: null } }),
    restartProxy('SIGTERM', { config: { oomScoreAdj: 321 } }),
    is(321),
  ],
});
