import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { signAuthorization } from '@oml/protocol/signed/authorization';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import type { Address, Hex, TransactionReceipt } from 'viem';
import { BUYER, HOST, HOST_SIGNER, OWNER } from './instant-chain.ts';
import { OwnerStory, PRICE } from './owner-story.ts';

/** What hosts do, and buyers with them: bonds, signers, licenses, payments, pay-outs. */
export class HostStory extends OwnerStory {
  async depositBond(amount: bigint): Promise<void> {
    await this.allow(amount);
    await this.licenses('depositBond', [HOST.address, amount]);
  }

  async bindSigner(): Promise<void> {
    const signature = await signBinding(HOST_SIGNER, HOST.address, {
      chainId: 31337,
      licenseRegistry: this.at.licenseRegistry,
    });
    await this.chain.send(HOST, {
      address: this.at.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'bindSigner',
      args: [HOST_SIGNER.address, signature],
    });
  }

  /** Accepts what a model offers of one kind, takes up its edition, and gives the vault its code. */
  async license(
    modelId: bigint,
    { endpoint = 'http://127.0.0.1:4301', deliver = true, kind = 0, who = HOST } = {},
  ): Promise<{ licenseId: bigint; vault: Address }> {
    const termsId = await this.chain.publicClient.readContract({
      address: this.at.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'offerOf',
      args: [modelId, kind],
    });
    const params = { modelId, termsId, deposit: 0n, endpoint, encryptionKey: this.salt(), hostSalt: this.salt() };
    const accepted = await this.licenses('accept', [params], who);
    const { licenseId, vault } = this.args<{ licenseId: bigint; vault: Address }>(
      accepted,
      licenseRegistryAbi,
      'LicenseAccepted',
    );
    if (deliver) {
      await this.licenses('deliver', [licenseId, 1, this.salt()], OWNER);
      await this.licenses('activate', [licenseId], who);
    }
    await this.licenses('deployVault', [licenseId]);
    return { licenseId, vault };
  }

  /** Calls the license registry, as the host unless said otherwise. */
  licenses(functionName: string, args: readonly unknown[], who = HOST): Promise<TransactionReceipt> {
    return this.chain.send(who, { address: this.at.licenseRegistry, abi: licenseRegistryAbi, functionName, args });
  }

  async close(licenseId: bigint): Promise<void> {
    await this.licenses('close', [licenseId]);
  }

  /** Has the host, or somebody else, allow the license registry to take this much. */
  async allow(amount: bigint, who = HOST): Promise<void> {
    await this.fund(who.address, amount);
    await this.chain.send(who, {
      address: this.at.token,
      abi: devDollarAbi,
      functionName: 'approve',
      args: [this.at.licenseRegistry, amount],
    });
  }

  /** BUYER pays the vault under a nonce and the payment is booked; returns its reference. */
  async book(vault: Address, { value = PRICE, nonce = this.salt() } = {}): Promise<Hex> {
    await this.fund(BUYER.address, value);
    const payment = { from: BUYER.address, value, validAfter: 0n, validBefore: 2n ** 48n, nonce };
    const signature = await signAuthorization({ ...payment, to: vault }, BUYER, {
      name: 'Dev Dollar',
      version: '1',
      chainId: 31337,
      verifyingContract: this.at.token,
    });
    await this.chain.send(HOST, {
      address: vault,
      abi: revenueVaultAbi,
      functionName: 'bookExact',
      args: [payment, signature],
    });
    return exactPaymentRef(this.at.token, BUYER.address, nonce);
  }

  async distribute(vault: Address): Promise<void> {
    await this.vault(vault, 'distribute');
  }

  /** Calls a vault. */
  vault(
    address: Address,
    functionName: 'distribute' | 'payHost' | 'payOwner' | 'payAncestor' | 'payProtocol',
    args: readonly unknown[] = [],
  ): Promise<TransactionReceipt> {
    return this.chain.send(HOST, { address, abi: revenueVaultAbi, functionName, args });
  }
}
