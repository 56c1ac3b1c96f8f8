/**
 * What servers and gateways say in German.
 * Words that name one cause; they are tried after all texts of servers.
 * Source: Microsoft's translated report pages (its servers write reports in the reader's language), and the pages in the rows.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const NDR =
  'https://learn.microsoft.com/de-de/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages';

export const GERMAN_ROWS: readonly TextRow[] = [
  ...rowsOf('any', NDR, [
    [
      'de-dns',
      'dns',
      [
        'domäne*existiert nicht',
        'domain*existiert nicht',
        'domäne*nicht gefunden',
        'domain*nicht gefunden',
        'kein mx-eintrag',
        'unbekannte domain',
      ],
      'Die Domäne des Empfängers wurde nicht gefunden: Domain example.invalid existiert nicht.',
    ],
    [
      'de-unknown',
      'user-unknown',
      [
        'empfänger unbekannt',
        'unbekannter empfänger',
        'empfänger nicht gefunden',
        'empfängeradresse*nicht gefunden',
        'benutzer unbekannt',
        'unbekannter benutzer',
        'benutzer existiert nicht',
        'adresse existiert nicht',
        'empfänger existiert nicht',
        'e-mail-adresse wurde nicht gefunden',
        'e-mail-adresse*nicht gefunden',
        'wurde bei*nicht gefunden',
        'postfach existiert nicht',
        'postfach nicht gefunden',
        'kein postfach',
        'keine mailbox',
        'adresse*nicht bekannt',
        'unbekannte adresse',
        'adresse unbekannt',
        'empfänger ist nicht bekannt',
        'empfänger ist unbekannt',
        'nicht existent',
        'ungültiger empfänger',
      ],
      'Die eingegebene E-Mail-Adresse wurde nicht gefunden.',
    ],
    [
      'de-full',
      'mailbox-full',
      [
        'postfach ist voll',
        'mailbox ist voll',
        'postfach voll',
        'speicherplatz*überschritten',
        'speicherplatz*ueberschritten',
        'speicherplatz*erschöpft',
        'quota*überschritten',
        'kontingent überschritten',
        'postfach*überfüllt',
        'postfach des empfängers ist voll',
        'nicht genügend speicherplatz',
      ],
      'Das Postfach des Empfängers ist voll und kann zurzeit keine Nachrichten annehmen.',
    ],
    [
      'de-size',
      'too-big',
      [
        'nachricht ist zu groß',
        'nachricht zu groß',
        'maximale nachrichtengröße',
        'zu große nachricht',
        'größe der nachricht*überschreitet',
        'nachricht überschreitet',
      ],
      'Die Nachricht ist zu groß für den Empfänger.',
    ],
    [
      'de-spam',
      'spam',
      ['als spam eingestuft', 'als spam erkannt', 'spamverdacht', 'spam-verdacht', 'unerwünschte werbung'],
      'Ihre Nachricht steht unter Spamverdacht.',
      { source: 'https://www.bytecamp.net/de/faq/email/zustellen.html' },
    ],
    [
      'de-virus',
      'virus',
      ['virus gefunden', 'virenfund', 'schadsoftware', 'enthält einen virus', 'schadcode'],
      'In Ihrer Nachricht wurde Schadsoftware gefunden.',
    ],
    [
      'de-content',
      'content',
      [
        'anhang*nicht erlaubt',
        'dateianhang*blockiert',
        'dateityp*nicht',
        'unerlaubter anhang',
        'verbotener dateianhang',
        'anhänge*nicht zugelassen',
      ],
      'Der Anhang dieser Nachricht ist nicht erlaubt (Dateityp .exe).',
    ],
    [
      'de-permission',
      'policy',
      [
        'nicht berechtigt',
        'keine berechtigung',
        'berechtigung*senden',
        'nur nachrichten von',
        'richtlinie*abgelehnt',
        'zugriff verweigert',
        'nicht zugelassen',
        'absender*gesperrt',
      ],
      'Sie besitzen keine Berechtigung, Nachrichten an diesen Empfänger zu senden.',
      { weak: true },
    ],
    [
      'de-network',
      'network',
      [
        'keine verbindung',
        'verbindung*fehlgeschlagen',
        'server*nicht erreichbar',
        'zeitüberschreitung',
        'antwortet nicht',
      ],
      'Der Server des Empfängers ist nicht erreichbar.',
    ],
    [
      'de-expired',
      'expired',
      [
        'innerhalb des*zeitlimits nicht',
        'zustellversuche*aufgegeben',
        'nachricht abgelaufen',
        'zustellung*aufgegeben',
        'konnte innerhalb von*nicht zugestellt',
      ],
      'Die Nachricht konnte innerhalb von 5 Tagen nicht zugestellt werden.',
    ],
    [
      'de-disabled',
      'mailbox-disabled',
      [
        'postfach*deaktiviert',
        'postfach*gesperrt',
        'konto*deaktiviert',
        'konto*gesperrt',
        'postfach ist geschlossen',
        'nicht mehr gültig',
        'nicht mehr aktiv',
        'adresse*nicht mehr',
      ],
      'Das Postfach des Empfängers ist deaktiviert.',
    ],
    [
      'de-left',
      'mailbox-moved',
      [
        'nicht mehr im unternehmen',
        'nicht mehr bei uns',
        'das unternehmen verlassen',
        'neue e-mail-adresse',
        'neue adresse lautet',
        'nicht mehr für*tätig',
      ],
      'Herr Muster ist nicht mehr im Unternehmen.',
    ],
  ]),
];
