// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LicenseTest} from "../testing/LicenseFixture.sol";
import {SmartWallet} from "../testing/SmartWallet.sol";
import {IInspectionPools} from "../src/interfaces/IInspectionPools.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {BATCH_SETTLEMENT, ChannelConfig} from "../src/interfaces/IBatchSettlement.sol";
import {ExactPayment, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";

// bookExact
// ├── when the authorization is unused          executes it and books it
// ├── when it was used before, or cancelled     books it alone
// ├── when booked before                        changes nothing
// ├── when the payer signed two values under one nonce    the larger one counts, in either order
// ├── when the total does not fit               reverts
// └── when the signature is another's, bent, a smart account's, or for another vault    reverts
// book
// ├── when receiver, token or authorizer is not right    reverts
// ├── when nothing is claimed                   reverts
// └── otherwise                                 books what is claimed, whoever calls, never less than before
// bookShortfall
// ├── when as much is booked                    does nothing
// └── otherwise                                 the caller pays the difference, for this client alone
// bookedAt                                      the total at the end of any block
contract VaultLedgerTest is LicenseTest {
    uint256 private licenseId;
    RevenueVault private vault;
    ChannelConfig private config;
    bytes32 private channelId;

    function setUp() public override {
        super.setUp();
        licenseId = accept(HOST, modelId);
        vault = vaultOf(licenseId);
        config = configOf(address(vault), "salt");
        channelId = deposit(config, 100 * DOLLAR);
    }

    function isBooked(bytes32 ref, address client, uint256 total) private view {
        eq(vault.booked(ref, client), total);
    }

    function test_ACloneKnowsItsLicense() public view {
        eq(vault.licenseId(), licenseId);
        eq(vault.registry(), address(licenses));
        eq(vault.account(), HOST);
        eq(vault.modelId(), modelId);
        eq(vault.termsId(), licenses.license(licenseId).termsId);
        eq(vault.token(), address(token));
    }

    // bookExact

    function test_BookingExecutesTheAuthorization() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectEmit(address(vault));
        emit IRevenueVault.Booked(paymentRef("a"), BUYER, 5_000, OUTSIDER);
        vm.prank(OUTSIDER);
        eq(vault.bookExact(p, signature), paymentRef("a"));
        isBooked(paymentRef("a"), BUYER, 5_000);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    // protocol §6: host down during a window
    function test_BookingFollowsAFacilitator() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        token.transferWithAuthorization(
            p.from,
            address(vault),
            p.value,
            p.validAfter,
            p.validBefore,
            p.nonce,
            signature
        );
        vm.warp(p.validBefore + 1); // its time is over, its money is here
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), BUYER, 5_000);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    function test_APaymentOfNothingBooksNothing() public {
        ExactPayment memory p = payment("a", 0);
        vault.bookExact(p, signPayment(p, address(vault)));
        isBooked(paymentRef("a"), BUYER, 0);
    }

    /// @notice Only its payer can cancel, so only its payer's accusation is weakened; who relies on the money looks for
    /// the Transfer.
    // protocol §6: buyer cancels its authorization and takes the answer
    function test_ACancelledNonceIsBooked() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        cancelPayment(p.nonce);
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), BUYER, 5_000);
        eq(token.balanceOf(address(vault)), 0);
    }

    // protocol §6: replay, two tabs, lost answer
    function test_BookingTwiceChangesNothing() public {
        book(licenseId, "a", 5_000);
        book(licenseId, "a", 5_000);
        isBooked(paymentRef("a"), BUYER, 5_000);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    function test_ASmallerValueKeepsNobodyOut() public {
        book(licenseId, "a", 5_000);
        book(licenseId, "a", 4_999);
        isBooked(paymentRef("a"), BUYER, 5_000);
        book(licenseId, "b", 1);
        book(licenseId, "b", 5_000);
        isBooked(paymentRef("b"), BUYER, 5_000); // 1 came, 5,000 is what the payer owns up to
        eq(token.balanceOf(address(vault)), 5_001);
    }

    function test_RevertWhen_AnotherSigned() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = sign(SIGNER_KEY, transferDigest(p, address(vault)));
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, SIGNER, BUYER));
        vault.bookExact(p, signature);
    }

    // protocol §6: signatures that stop verifying (ERC-1271, 7702, high-s)
    function test_RevertWhen_TheSignatureIsBent() public {
        ExactPayment memory p = payment("a", 5_000);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, transferDigest(p, address(vault)));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes[3] memory bent = [
            abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s, uint8(v - 27)),
            abi.encodePacked(r, s)
        ];
        for (uint256 i = 0; i < bent.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, address(0), BUYER)
            );
            vault.bookExact(p, bent[i]);
        }
    }

    function test_RevertWhen_SignedForAnotherVault() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, OUTSIDER);
        vm.expectPartialRevert(IRevenueVault.RevenueVault_InvalidSignature.selector);
        vault.bookExact(p, signature);
    }

    function test_RevertWhen_NobodyIsNamed() public {
        ExactPayment memory p = payment("a", 5_000);
        p.from = address(0);
        vm.expectRevert(
            abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, address(0), address(0))
        );
        vault.bookExact(p, new bytes(65));
    }

    /// @notice A smart account's own word counts for no booking, though the token takes it: it may be taken back.
    // protocol §6: signatures that stop verifying (ERC-1271, 7702, high-s)
    function test_RevertWhen_ASmartAccountPays() public {
        ExactPayment memory p = payment("a", 5_000);
        p.from = address(new SmartWallet(BUYER));
        token.mint(p.from, 5_000);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, BUYER, p.from));
        vault.bookExact(p, signature);
        eq(token.balanceOf(p.from), 5_000);
    }

    /// @notice What an account paid before it took on code stays bookable.
    function test_AnAccountThatTookOnCodeIsBooked() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        vault.bookExact(p, signature);
        vm.etch(BUYER, hex"ef01000000000000000000000000000000000000000001");
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), BUYER, 5_000);
    }

    /// @notice Silence of a token must not pass for money that came.
    function test_RevertWhen_TheTokenTakesAnyCall() public {
        vm.etch(address(token), hex"00");
        vm.expectRevert(bytes(""));
        new RevenueVault(parameters, models, termsRegistry, IInspectionPools(POOL));
    }

    function test_RevertWhen_TheTotalDoesNotFit() public {
        uint256 most = type(uint128).max;
        token.mint(BUYER, 2 * most);
        book(licenseId, "a", most);
        isBooked(paymentRef("a"), BUYER, most);
        ExactPayment memory p = payment("b", most + 1);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, most + 1));
        vault.bookExact(p, signature);
    }

    function test_RevertWhen_ThePayerCannotPay() public {
        ExactPayment memory p = payment("a", 1_000 * DOLLAR);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectRevert("transfer amount exceeds balance");
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), address(0), 0);
    }

    // book

    function test_AnyoneBooksWhatIsClaimed() public {
        claim(config, 7_000);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Booked(channelId, SESSION, 7_000, OUTSIDER);
        vm.prank(OUTSIDER);
        eq(vault.book(config), channelId);
        isBooked(channelId, SESSION, 7_000);
    }

    function test_ALaterBookingCoversEveryOlderReceipt() public {
        claim(config, 7_000);
        vault.book(config);
        vault.book(config);
        claim(config, 9_000);
        vault.book(config);
        isBooked(channelId, SESSION, 9_000);
    }

    // protocol §6: host forges a permit (own authorizer, own token, own collector)
    function test_RevertWhen_TheChannelIsNotThisVaults() public {
        ChannelConfig[3] memory forged = [config, config, config];
        forged[0].receiver = OUTSIDER;
        forged[1].token = address(0xBAD);
        forged[2].payerAuthorizer = address(0);
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotBookable.selector, idOf(forged[i])));
            vault.book(forged[i]);
        }
    }

    function test_RevertWhen_NothingIsClaimed() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NothingClaimed.selector, channelId));
        vault.book(config);
    }

    // protocol §6: host refunds a channel after serving, or books only when contested
    function test_ARefundTakesNothingThatIsBooked() public {
        claim(config, 7_000);
        vault.book(config);
        vm.prank(FACILITATOR);
        channels.refund(config, uint128(100 * DOLLAR));
        isBooked(channelId, SESSION, 7_000);
        channels.settle(address(vault), address(token));
        eq(token.balanceOf(address(vault)), 7_000);
    }

    // bookShortfall

    // protocol §6: buyer empties the channel and accuses
    function test_AnyonePaysAShortfallOutOfItsOwnPocket() public {
        claim(config, 7_000);
        vault.book(config);
        fund(OUTSIDER, address(vault));
        uint256 before = token.balanceOf(OUTSIDER);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Booked(channelId, SESSION, 9_000, OUTSIDER);
        vm.expectEmit(address(vault));
        emit IRevenueVault.ShortfallPaid(channelId, SESSION, 2_000, OUTSIDER);
        vm.prank(OUTSIDER);
        eq(vault.bookShortfall(channelId, SESSION, 9_000), 2_000);
        isBooked(channelId, SESSION, 9_000);
        eq(before - token.balanceOf(OUTSIDER), 2_000);
        eq(vault.undistributed(), 2_000); // split like any other money
    }

    function test_NothingIsPaidTwice() public {
        fund(OUTSIDER, address(vault));
        vm.startPrank(OUTSIDER);
        vault.bookShortfall("ref", SESSION, 9_000);
        eq(vault.bookShortfall("ref", SESSION, 9_000), 0);
        eq(vault.bookShortfall("ref", SESSION, 8_999), 0);
        vm.stopPrank();
        isBooked("ref", SESSION, 9_000);
        eq(token.balanceOf(address(vault)), 9_000);
    }

    // protocol §6: somebody books a stranger's payment under another client, so that the host can't
    function test_ABookingForAnotherClientKeepsNobodyOut() public {
        fund(OUTSIDER, address(vault));
        vm.prank(OUTSIDER);
        vault.bookShortfall(channelId, OUTSIDER, 50 * DOLLAR);
        claim(config, 7_000);
        vault.book(config);
        isBooked(channelId, SESSION, 7_000);
        isBooked(channelId, OUTSIDER, 50 * DOLLAR);
    }

    function test_RevertWhen_TheShortfallIsNotPaid() public {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 9_000)
        );
        vm.prank(VERIFIER);
        vault.bookShortfall(channelId, SESSION, 9_000);
        token.setFee(100);
        fund(OUTSIDER, address(vault));
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, 8_910, 9_000));
        vm.prank(OUTSIDER);
        vault.bookShortfall(channelId, SESSION, 9_000);
        isBooked(channelId, SESSION, 0);
    }

    // bookedAt

    // protocol §6: host books only what is contested, in front of the reveal too
    function test_EveryTotalKeepsItsBlock() public {
        uint256 start = block.number;
        eq(vault.bookedAt(channelId, SESSION, start), 0);
        uint256[5] memory totals = [uint256(1_000), 2_000, 5_000, 5_001, 9_000];
        for (uint256 i = 0; i < 5; ++i) {
            vm.roll(start + 10 * (i + 1));
            claim(config, totals[i] - 1);
            vault.book(config);
            claim(config, totals[i]); // of one block the end counts
            vault.book(config);
        }
        eq(vault.bookedAt(channelId, SESSION, start + 9), 0);
        for (uint256 i = 0; i < 5; ++i) {
            eq(vault.bookedAt(channelId, SESSION, start + 10 * (i + 1)), totals[i]);
            eq(vault.bookedAt(channelId, SESSION, start + 10 * (i + 1) + 9), totals[i]);
        }
        eq(vault.bookedAt(channelId, OUTSIDER, start + 50), 0);
        eq(vault.bookedAt("another", SESSION, start + 50), 0);
    }

    // Fuzz

    function testFuzz_bookExact(uint256 first, uint256 second, bytes32 nonce, address booker) public {
        (first, second) = (bound(first, 1, 500 * DOLLAR), bound(second, 1, 500 * DOLLAR));
        ExactPayment memory p = payment(nonce, first);
        bytes memory signature = signPayment(p, address(vault));
        vm.prank(booker);
        vault.bookExact(p, signature);
        book(licenseId, nonce, second);
        eq(token.balanceOf(address(vault)), first);
        isBooked(paymentRef(nonce), BUYER, first > second ? first : second);
    }

    function testFuzz_book(uint256 first, uint256 second, address booker) public {
        (first, second) = (bound(first, 1, 100 * DOLLAR), bound(second, 1, 100 * DOLLAR));
        claim(config, first);
        vault.book(config);
        claim(config, second);
        vm.prank(booker);
        vault.book(config);
        isBooked(channelId, SESSION, first > second ? first : second);
    }

    function testFuzz_bookShortfall(uint256 claimed, uint256 total, address client, address payer) public {
        vm.assume(payer > address(0xFFFF) && payer != address(vault) && payer != BATCH_SETTLEMENT);
        (claimed, total) = (bound(claimed, 0, 100 * DOLLAR), bound(total, 0, 500 * DOLLAR));
        if (claimed != 0) {
            claim(config, claimed);
            vault.book(config);
        }
        fund(payer, address(vault));
        uint256 before = vault.booked(channelId, client);
        vm.prank(payer);
        uint256 paid = vault.bookShortfall(channelId, client, total);
        eq(before + paid, total > before ? total : before);
        isBooked(channelId, client, before + paid);
        eq(token.balanceOf(address(vault)), paid);
    }

    /// @notice The search among older totals agrees with a list of what each block ended with.
    function testFuzz_bookedAt(uint8[24] memory steps) public {
        uint256[] memory ends = new uint256[](24);
        uint256 start = block.number;
        fund(OUTSIDER, address(vault));
        vm.startPrank(OUTSIDER);
        for (uint256 i = 0; i < 24; ++i) {
            vm.roll(start + i);
            for (uint256 n = 0; n < steps[i] % 4; ++n) vault.bookShortfall("ref", SESSION, 100 * i + n + 1);
            ends[i] = vault.booked("ref", SESSION);
        }
        vm.stopPrank();
        for (uint256 i = 0; i < 24; ++i) eq(vault.bookedAt("ref", SESSION, start + i), ends[i]);
        eq(vault.bookedAt("ref", SESSION, start - 1), 0);
    }
}
