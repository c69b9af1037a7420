import { fileTexts } from '../file-texts.ts';
import { textChannels, type ChannelStore } from './store.ts';

/** Keeps channels as files of their owner alone, one each; for programs on Node. */
export const fileChannels = (folder: string): ChannelStore => textChannels(fileTexts(folder));
