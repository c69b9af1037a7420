// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MoneyStage} from "./MoneyStage.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {License} from "../../src/interfaces/ILicenseRegistry.sol";
import {Payee} from "../../src/interfaces/IModelRegistry.sol";
import {Rates} from "../../src/interfaces/IParameters.sol";
import {Buckets, ExactPayment} from "../../src/interfaces/IRevenueVault.sol";

/// @notice Single payments into vaults, the split, and everybody's way to a share.
abstract contract VaultActions is MoneyStage {
    /// @notice Per vault: what was split, what of it went to protocol and pool, and what left.
    mapping(address vault => uint256) public split;
    mapping(address vault => uint256) public fees;
    mapping(address vault => uint256) public feesTaken;
    mapping(address vault => uint256) public royaltyTaken;
    mapping(address vault => uint256) public pooled; // of the fees
    mapping(address vault => uint256) public ownerTaken;
    mapping(address vault => uint256) public hostTaken;
    mapping(address vault => uint256) public left;
    /// @notice What was booked with the money that came in the same call.
    mapping(address vault => uint256) public bookedWithMoney;
    mapping(address vault => mapping(bytes32 ref => uint256)) private lastBooked;

    function payExact(uint256 seed, uint256 nonce, uint256 value) external {
        (RevenueVault vault, ) = someVault(seed);
        ExactPayment memory p = ExactPayment(
            BUYER,
            bound(value, 1, DOLLAR),
            0,
            block.timestamp + 1 hours,
            bytes32(nonce % 64)
        );
        bool isUsed = token.authorizationState(BUYER, p.nonce);
        bytes32 ref = keccak256(abi.encode("exact", address(token), BUYER, p.nonce));
        uint256 before = vault.booked(ref, BUYER);
        vault.bookExact(p, signPayment(p, address(vault)));
        uint256 total = follow(vault, ref);
        check(total >= p.value, "a payment was not booked");
        if (isUsed) return;
        arrived[address(vault)] += p.value;
        bookedWithMoney[address(vault)] += total - before;
    }

    /// @notice Anyone pays for uses whose money is gone, of a payment that may be booked in part.
    function payShortfall(uint256 seed, uint256 nonce, uint256 total) external {
        (RevenueVault vault, ) = someVault(seed);
        total = bound(total, 1, DOLLAR);
        bytes32 ref = keccak256(abi.encode("exact", address(token), BUYER, bytes32(nonce % 64)));
        uint256 before = vault.booked(ref, BUYER);
        token.mint(address(this), total > before ? total - before : 0);
        token.approve(address(vault), total);
        uint256 paid = vault.bookShortfall(ref, BUYER, total);
        check(follow(vault, ref) == (total > before ? total : before), "a shortfall was booked otherwise");
        arrived[address(vault)] += paid;
        bookedWithMoney[address(vault)] += paid;
    }

    /// @notice A facilitator moves the money first; the booking comes later.
    function payUnbooked(uint256 seed, uint256 value) external {
        (RevenueVault vault, ) = someVault(seed);
        value = bound(value, 1, DOLLAR);
        token.mint(address(vault), value);
        arrived[address(vault)] += value;
    }

    function distribute(uint256 seed) external {
        (RevenueVault vault, ) = vaultThat(seed, hasUndistributed);
        uint256 gross = vault.undistributed();
        (uint256 protocolFeeBps, uint256 poolBps, ) = parameters.fees();
        must(address(vault), abi.encodeCall(vault.distribute, ()));
        split[address(vault)] += gross;
        fees[address(vault)] += (gross * protocolFeeBps) / 10_000 + (gross * poolBps) / 10_000;
        pooled[address(vault)] += (gross * poolBps) / 10_000;
        check(vault.undistributed() == 0, "distribute left something");
    }

    function payProtocol(uint256 seed) external {
        (RevenueVault vault, ) = vaultThat(seed, owesProtocol);
        Buckets memory b = vault.buckets();
        uint256 due = (token.refuses(TREASURY) ? 0 : b.protocolFee) + (token.refuses(POOL) ? 0 : b.pool);
        unless(due == 0);
        feesTaken[address(vault)] += payOut(vault, abi.encodeCall(vault.payProtocol, ()), due);
    }

    function payAncestor(uint256 seed) external {
        (RevenueVault vault, ) = vaultThat(seed, owesRoyalty);
        uint256 due = vault.royaltyOwed(parentId);
        royaltyTaken[address(vault)] += payOut(vault, abi.encodeCall(vault.payAncestor, (parentId)), due);
    }

    /// @notice Now and then while the token refuses the owner, who is then credited.
    function payOwner(uint256 seed) external {
        (RevenueVault vault, License memory it) = vaultThat(seed, owesOwner);
        uint256 due = vault.buckets().owner;
        if (seed % 3 == 0) token.refuse(ownerOf(it.modelId), true);
        ownerTaken[address(vault)] += payOut(vault, abi.encodeCall(vault.payOwner, ()), due);
        if (seed % 3 == 0) token.refuse(ownerOf(it.modelId), false);
    }

    function payHost(uint256 seed) external {
        (RevenueVault vault, License memory it) = vaultThat(seed, owesHost);
        uint256 due = vault.buckets().host;
        unless(token.refuses(it.account) || block.timestamp < it.frozenUntil);
        hostTaken[address(vault)] += payOut(vault, abi.encodeCall(vault.payHost, ()), due);
    }

    /// @notice The host of a frozen license tries all the same.
    function payFrozen(uint256 seed) external {
        (RevenueVault vault, ) = vaultThat(seed, owesFrozenHost);
        (bool ok, ) = address(vault).call(abi.encodeCall(vault.payHost, ()));
        check(!ok, "a frozen payout left");
    }

    function withdrawCredit(uint256 seed, uint256 who) external {
        (RevenueVault vault, ) = vaultThat(seed, owesCredit);
        address payee = payees[who % payees.length];
        for (uint256 i = 0; vault.owed(payee) == 0; ++i) payee = payees[i];
        unless(token.refuses(payee));
        payOut(vault, abi.encodeCall(vault.withdraw, (payee)), vault.owed(payee));
    }

    function sellModel(uint256 model, uint256 to) external {
        uint256 modelId = model % 2 == 0 ? parentId : childId;
        address buyer = payees[to % 4];
        address owner = ownerOf(modelId);
        unless(buyer == owner);
        vm.prank(owner);
        models.transferFrom(owner, buyer, modelId);
    }

    function setPayees(uint256 model, uint16 bps) external {
        uint256 modelId = model % 2 == 0 ? parentId : childId;
        bps = uint16(bound(bps, 1, 9_999));
        Payee[] memory list = new Payee[](2);
        (list[0], list[1]) = (Payee(OWNER, bps), Payee(AUTHOR, 10_000 - bps));
        vm.prank(ownerOf(modelId));
        models.setPayees(modelId, list);
    }

    function setFees(uint16 protocolFeeBps, uint16 poolBps) external {
        Rates memory rates = parameters.rates();
        rates.protocolFeeBps = uint16(bound(protocolFeeBps, 0, 1_000));
        rates.poolBps = uint16(bound(poolBps, 0, 1_000));
        vm.prank(parameters.timelock());
        parameters.setRates(rates);
    }

    function someVault(uint256 seed) internal returns (RevenueVault vault, License memory it) {
        return vaultThat(seed, isAny);
    }

    function vaultThat(
        uint256 seed,
        function(License memory) internal view returns (bool) fits
    ) private returns (RevenueVault vault, License memory it) {
        uint256 licenseId;
        (licenseId, it) = pick(seed, fits);
        vault = vaultAt(licenseId);
    }

    function hasUndistributed(License memory it) private view returns (bool) {
        return it.vault.code.length != 0 ? RevenueVault(it.vault).undistributed() != 0 : token.balanceOf(it.vault) != 0;
    }

    function owesProtocol(License memory it) private view returns (bool) {
        return buckets(it).protocolFee != 0 || buckets(it).pool != 0;
    }

    function owesRoyalty(License memory it) private view returns (bool) {
        return it.vault.code.length != 0 && RevenueVault(it.vault).royaltyOwed(parentId) != 0;
    }

    function owesOwner(License memory it) private view returns (bool) {
        return buckets(it).owner != 0;
    }

    function owesHost(License memory it) private view returns (bool) {
        return buckets(it).host != 0;
    }

    function owesFrozenHost(License memory it) private view returns (bool) {
        return block.timestamp < it.frozenUntil && owesHost(it);
    }

    function owesCredit(License memory it) private view returns (bool) {
        if (it.vault.code.length == 0) return false;
        for (uint256 i = 0; i < payees.length; ++i) {
            if (RevenueVault(it.vault).owed(payees[i]) != 0) return true;
        }
        return false;
    }

    function buckets(License memory it) private view returns (Buckets memory none) {
        return it.vault.code.length == 0 ? none : RevenueVault(it.vault).buckets();
    }

    /// @dev Whoever is entitled is paid or credited, exactly what is due.
    function payOut(RevenueVault vault, bytes memory call, uint256 due) private returns (uint256 amount) {
        uint256 before = token.balanceOf(address(vault));
        bytes memory result = must(address(vault), call);
        amount = result.length == 32 ? abi.decode(result, (uint256)) : 0;
        check(amount == due, "another amount was paid out than was due");
        left[address(vault)] += before - token.balanceOf(address(vault));
    }

    /// @dev Remembers a booking of the buyer's and compares it with the one before.
    function follow(RevenueVault vault, bytes32 ref) internal returns (uint256 total) {
        total = vault.booked(ref, BUYER);
        check(total >= lastBooked[address(vault)][ref], "a booking shrank");
        lastBooked[address(vault)][ref] = total;
    }

    /// @dev By the buyer, in the token's domain.
    function signTyped(bytes32 structHash) internal view returns (bytes memory) {
        return sign(keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash)));
    }

    function sign(bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, digest);
        return abi.encodePacked(r, s, v);
    }
}
