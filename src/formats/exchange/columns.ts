/**
 * Where the columns of tracking rows are: Exchange's log and Microsoft 365's extended report have the same.
 * Source: learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking, "Fields in the message tracking log files".
 */
import type { CsvHeader } from '../../model/csv-row.ts';

export interface Columns {
  readonly clientIp: number;
  readonly clientName: number;
  readonly serverIp: number;
  readonly serverName: number;
  readonly context: number;
  readonly connector: number;
  readonly source: number;
  readonly event: number;
  readonly internalId: number;
  readonly messageId: number;
  readonly networkId: number;
  readonly recipients: number;
  readonly status: number;
  readonly size: number;
  readonly related: number;
  readonly reference: number;
  readonly subject: number;
  readonly sender: number;
  readonly returnPath: number;
  readonly directionality: number;
  readonly originalIp: number;
  readonly info: number;
  readonly custom: number;
}

export function columnsOf(header: CsvHeader): Columns {
  return {
    clientIp: header.at('clientip'),
    clientName: header.at('clienthostname'),
    serverIp: header.at('serverip'),
    serverName: header.at('serverhostname'),
    context: header.at('sourcecontext'),
    connector: header.at('connectorid'),
    source: header.at('source'),
    event: header.at('eventid'),
    internalId: header.at('internalmessageid'),
    messageId: header.at('messageid'),
    networkId: header.at('networkmessageid', 'messagetraceid'),
    recipients: header.at('recipientaddress', 'recipient', 'recipients'),
    status: header.at('recipientstatus'),
    size: header.at('totalbytes', 'size', 'messagesize'),
    related: header.at('relatedrecipientaddress'),
    reference: header.at('reference'),
    subject: header.at('messagesubject', 'subject'),
    sender: header.at('senderaddress', 'sender'),
    returnPath: header.at('returnpath'),
    directionality: header.at('directionality'),
    originalIp: header.at('originalclientip', 'fromip'),
    info: header.at('messageinfo'),
    custom: header.at('customdata'),
  };
}
