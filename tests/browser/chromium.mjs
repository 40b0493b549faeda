// One way to start the browser, used by every test here.
import { chromium } from 'playwright-core';

const args = ['--no-sandbox', '--lang=zh-CN', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args,
  env: { ...process.env, LANGUAGE: 'zh_CN' } });

const common = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai' };

export const phone = (width = 390) => ({ ...common, viewport: { width, height: 780 }, deviceScaleFactor: 2,
  isMobile: true, hasTouch: true });

export const desk = (width = 1366) => ({ ...common, viewport: { width, height: 768 } });
