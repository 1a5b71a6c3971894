import { Ipvsadm } from '../../src/kernel/ipvsadm.ts';
import type { Answer } from '../../src/kernel/acknowledged-lines.ts';
import { FakeEnd, type FakeIpvs } from './fake-ipvs.ts';

/** Stands for {@link Ipvsadm} where its kernel is a {@link FakeIpvs}. */
export class FakeIpvsadm extends Ipvsadm {
  readonly ipvs: FakeIpvs;
  /** All lines that were carried out. */
  readonly lines: string[] = [];
  /** The program is killed when it has carried out so many lines more. */
  killAfter = Infinity;

  constructor(ipvs: FakeIpvs) {
    super({ path: '/nonexistent/ipvsadm' });
    this.ipvs = ipvs;
  }

  override version(): Promise<string> {
    return Promise.resolve('1.31');
  }

  override save(): Promise<string> {
    return Promise.resolve(this.ipvs.saved());
  }

  override execute(lines: readonly string[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const line of lines) {
      if (this.killAfter === 0) {
        this.killAfter = Infinity;
        return Promise.reject(new Error('ipvsadm -R ended (SIGKILL)'));
      }
      this.killAfter -= 1;
      this.lines.push(line);
      answers.push(this.#answer(line));
    }
    return Promise.resolve(answers);
  }

  #answer(line: string): Answer {
    try {
      return { message: this.ipvs.execute(line), isFatal: false };
    } catch (error) {
      if (!(error instanceof FakeEnd)) throw error;
      return { message: error.message, isFatal: true };
    }
  }
}
