/**
 * What servers and gateways say in other languages: Polish, Russian, Japanese, Chinese, Korean.
 * Words that name one cause; they are tried after all texts of servers.
 * Source: Microsoft's translated report pages (its servers write reports in the reader's language), and the pages in the rows.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const NDR =
  'https://learn.microsoft.com/de-de/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages';

export const EASTERN_ROWS: readonly TextRow[] = [
  ...rowsOf('any', NDR.replace('de-de', 'pl-pl'), [
    [
      'pl-unknown',
      'user-unknown',
      [
        'nieznany użytkownik',
        'użytkownik nieznany',
        'nie ma takiego',
        'nieznany odbiorca',
        'nie istnieje',
        'skrzynka nie istnieje',
        'neznámý uživatel',
        'adresát*neexistuje',
        'neexistuje',
        'ismeretlen felhasználó',
        'nem létezik',
      ],
      'Konto nie istnieje: nie ma takiego użytkownika.',
    ],
    [
      'pl-full',
      'mailbox-full',
      ['skrzynka*przepełniona', 'skrzynka*pełna', 'przekroczono*limit', 'schránka*plná', 'postafiók megtelt'],
      'Skrzynka odbiorcy jest przepełniona.',
    ],
  ]),
  ...rowsOf('any', NDR.replace('de-de', 'ru-ru'), [
    [
      'ru-unknown',
      'user-unknown',
      [
        'пользователь не найден',
        'нет такого пользователя',
        'адрес не существует',
        'не найден',
        'не существует',
        'неизвестный пользователь',
        'несуществующ',
      ],
      'Пользователь не найден.',
    ],
    [
      'ru-full',
      'mailbox-full',
      ['ящик переполнен', 'ящик*заполнен', 'превышена квота', 'превышен*размер ящика', 'ящик*полон'],
      'Почтовый ящик переполнен.',
    ],
    [
      'ru-disabled',
      'mailbox-disabled',
      ['ящик*заблокирован', 'ящик*отключен', 'аккаунт*заблокирован', 'пользователь заблокирован'],
      'Почтовый ящик заблокирован.',
    ],
    ['ru-spam', 'spam', ['признано спамом', 'похоже на спам', 'подозрение на спам'], 'Сообщение признано спамом.'],
  ]),
  ...rowsOf('any', 'https://support.ntt.com/mail/faq/detail/pid2300000e64', [
    [
      'ja-dns',
      'dns',
      ['ドメインが存在しません', 'ドメインが見つかりません', 'ホストが見つかりません', 'ドメイン名が誤って'],
      '宛先のドメインが見つかりません。',
    ],
    [
      'ja-unknown',
      'user-unknown',
      [
        'ユーザが見つかりません',
        'ユーザーが見つかりません',
        '見つかりません',
        '存在しません',
        '存在しない',
        '宛先不明',
        '宛先が不明',
        'ユーザー不明',
        'ユーザ不明',
        '登録されていません',
        '見つかりませんでした',
        'あて先不明',
        '宛先メールアドレスが誤って',
      ],
      '指定されたメールアドレスは存在しません。',
    ],
    [
      'ja-full',
      'mailbox-full',
      [
        '容量を超え',
        '容量超過',
        '容量オーバー',
        'いっぱいです',
        '一杯です',
        '満杯',
        '空き容量',
        'メールボックスの容量',
        '容量制限',
      ],
      '受信者のメールボックスの容量を超えています。',
    ],
    [
      'ja-size',
      'too-big',
      ['サイズが大きすぎ', 'サイズ制限', 'サイズの上限', 'サイズを超え', 'メッセージが大きすぎ', 'サイズオーバー'],
      'メッセージのサイズが大きすぎます。',
    ],
    [
      'ja-refused',
      'policy',
      ['受信拒否', '受信を拒否', '拒否されました', '拒否設定', '許可されていません', '権限がありません'],
      '受信者により受信拒否されました。',
      { side: 'recipient' },
    ],
    [
      'ja-spam',
      'spam',
      ['迷惑メールと判定', 'スパムと判定', '迷惑メールとして', 'スパムメール'],
      'このメールは迷惑メールと判定されました。',
    ],
    [
      'ja-disabled',
      'mailbox-disabled',
      ['アカウントは無効', 'アカウントが無効', '利用停止', '停止されています', '無効になって'],
      '受信者のアカウントは無効になっています。',
    ],
    [
      'ja-network',
      'network',
      ['接続できません', '応答がありません', '接続に失敗', 'タイムアウト'],
      '相手先のメールサーバーに接続できませんでした。接続できません。',
    ],
  ]),
  ...rowsOf('any', 'https://qqmailbox.com/transceivers/169.html', [
    ['zh-dns', 'dns', ['域名不存在', '域名解析', '找不到域名', '无法解析'], '域名不存在。'],
    [
      'zh-unknown',
      'user-unknown',
      [
        '用户不存在',
        '该用户不存在',
        '收件人不存在',
        '地址不存在',
        '收件人邮件地址*不存在',
        '找不到',
        '查无此',
        '邮箱不存在',
        '使用者不存在',
        '帐号不存在',
        '账号不存在',
        '無此使用者',
        '不存在的用户',
        '未开通',
        '不存在',
      ],
      '收件人邮件地址（bob@example.com）不存在。',
    ],
    [
      'zh-full',
      'mailbox-full',
      [
        '邮箱已满',
        '空间不足',
        '容量不足',
        '超过容量',
        '信箱已滿',
        '收件箱已满',
        '容量满',
        '邮箱容量',
        '超過信箱容量',
        '配额',
      ],
      '收件人空间不足。',
    ],
    ['zh-spam', 'spam', ['垃圾邮件', '垃圾郵件', '疑似垃圾', '被判定为垃圾'], '邮件被判定为垃圾邮件。'],
    [
      'zh-refused',
      'policy',
      ['拒收', '拒绝接收', '被拒绝', '黑名单', '黑名單', '拒絕'],
      '您的邮件被收件人拒收。',
      { side: 'recipient' },
    ],
    ['zh-size', 'too-big', ['邮件过大', '邮件太大', '大小超过', '郵件過大', '超过大小限制'], '邮件过大。'],
    ['zh-rate', 'rate-limited', ['发信频率', '频率限制', '发信数超', '发信超限'], '发信频率过高，频率限制。'],
    [
      'ko-unknown',
      'user-unknown',
      ['존재하지 않는', '사용자를 찾을 수', '없는 사용자', '없는 메일', '수신자를 찾을 수', '존재하지 않습니다'],
      '존재하지 않는 메일 계정입니다.',
    ],
    [
      'ko-full',
      'mailbox-full',
      ['용량이 초과', '용량 초과', '메일함이 가득', '용량이 부족'],
      '수신자의 메일함 용량이 초과되었습니다.',
    ],
    [
      'ko-refused',
      'policy',
      ['수신 거부', '수신거부', '차단되었', '차단된'],
      '수신자가 수신 거부하였습니다.',
      { side: 'recipient' },
    ],
  ]),
];
