// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DrandBeacon} from "../src/beacon/DrandBeacon.sol";
import {IBeacon} from "../src/beacon/IBeacon.sol";
import {DrandChain, DrandWindows, IDrandBeacon} from "../src/beacon/IDrandBeacon.sol";
import {BeaconFixture} from "../testing/BeaconFixture.sol";

// constructor
// ├── when genesis, period, delay or window is too small                    reverts
// ├── when the published round does not verify under the key                reverts
// ├── when a precompile is missing, or says yes to everything               reverts
// └── otherwise                                                             keeps chain and windows
// nextRound
// ├── before the chain's genesis                                            is its first round
// └── otherwise                                                             starts once delay and backdating are over
// post
// ├── when the round is zero, to come, posted already, or past its window   reverts
// ├── when the proof is forged, of another round, chain or key, or no point of G1 written as EIP-2537 says   reverts
// └── otherwise                                                             keeps sha256 of the compressed signature
// valueOf, isPosted, isVoid
// ├── before the round, and in its window                                   no value, not void
// ├── after it was posted                                                   its value, for good
// └── past its window                                                       void, for good
contract DrandBeaconTest is BeaconFixture {
    address private constant MODEXP = address(0x05);
    address private constant G1ADD = address(0x0b);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    uint256 private constant ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001; // of G1
    uint256 private constant OWN_ROUNDS = 31;

    DrandBeacon private beacon;
    Round private shown;

    function setUp() public {
        loadVectors();
        beacon = deployOwn();
        shown = roundAt(OWN, 9);
        vm.warp(shown.number);
    }

    function test_TheConstructorKeepsChainAndWindows() public {
        beacon = deployQuicknet();
        DrandChain memory chain = quicknet();
        eq(keccak256(abi.encode(beacon.key())), keccak256(abi.encode(chain.key)));
        eq(beacon.genesis(), 1_692_803_367);
        eq(beacon.period(), 3);
        eq(beacon.delay(), DELAY);
        eq(beacon.backdating(), BACKDATING);
        eq(beacon.postWindow(), WINDOW);
        eq(beacon.startsAt(1), 1_692_803_367);
        eq(beacon.startsAt(1000), 1_692_803_367 + 999 * 3);
    }

    function test_RevertWhen_TheChainHasNoGenesisOrPeriod() public {
        DrandChain memory chain = ownChain();
        chain.genesis = 0;
        refuses(chain, windows(), abi.encodeWithSelector(IDrandBeacon.DrandBeacon_InvalidChain.selector, 0, 1));
        (chain.genesis, chain.period) = (1, 0);
        refuses(chain, windows(), abi.encodeWithSelector(IDrandBeacon.DrandBeacon_InvalidChain.selector, 1, 0));
    }

    function test_TheDevChainMayUseSeconds() public {
        (uint64 delay, uint64 window) = (1, 1);
        DrandWindows memory short = DrandWindows({delay: delay, backdating: 0, postWindow: window});
        eq(new DrandBeacon(ownChain(), short, shown.number, shown.proof).delay(), 1);
        short.delay = 0;
        refuses(ownChain(), short, abi.encodeWithSelector(IDrandBeacon.DrandBeacon_InvalidWindows.selector, 0, 1));
        (short.delay, short.postWindow) = (1, 0);
        refuses(ownChain(), short, abi.encodeWithSelector(IDrandBeacon.DrandBeacon_InvalidWindows.selector, 1, 0));
    }

    function test_EveryOtherChainKeepsTheProtocolsWindows() public {
        vm.chainId(8453);
        deployOwn();
        DrandWindows memory short = windows();
        short.delay = DELAY - 1;
        bytes4 reason = IDrandBeacon.DrandBeacon_InvalidWindows.selector;
        refuses(ownChain(), short, abi.encodeWithSelector(reason, DELAY - 1, WINDOW));
        (short.delay, short.postWindow) = (DELAY, WINDOW - 1);
        refuses(ownChain(), short, abi.encodeWithSelector(reason, DELAY, WINDOW - 1));
    }

    function test_RevertWhen_DeployedWithAnotherKey() public {
        cannotVerify(quicknet());
        DrandChain memory chain = ownChain();
        delete chain.key; // infinity: every signature that is infinity would do
        cannotVerify(chain);
        vm.expectRevert(abi.encodeWithSelector(IDrandBeacon.DrandBeacon_CannotVerify.selector, shown.number));
        this.deploy(chain, windows(), shown.number, new bytes(128));
        chain.key = ownChain().key;
        chain.key[7] ^= bytes32(uint256(1)); // off the curve
        cannotVerify(chain);
    }

    function test_RevertWhen_DeployedWithoutPrecompiles() public {
        address[4] memory needed = [MODEXP, G1ADD, PAIRING, MAP_FP_TO_G1];
        for (uint256 i = 0; i < needed.length; ++i) {
            vm.mockCall(needed[i], "", ""); // as an account without code answers
            cannotVerify(ownChain());
            vm.clearMockedCalls();
        }
        deployOwn();
    }

    function test_RevertWhen_APrecompileSaysYesToEverything() public {
        vm.mockCall(PAIRING, "", abi.encode(1));
        cannotVerify(ownChain());
        vm.clearMockedCalls();
    }

    function test_RevertWhen_APrecompileSaysYesAndReverts() public {
        vm.mockCallRevert(PAIRING, "", abi.encode(1));
        refusesProof(shown.number, shown.proof);
        vm.clearMockedCalls();
    }

    function test_ACommitmentNamesARoundThatNobodyCanKnow() public {
        beacon = deployQuicknet();
        vm.warp(1_692_803_367 - DELAY - BACKDATING);
        eq(beacon.nextRound(), 1);
        vm.warp(1_692_803_367 - 10 days);
        eq(beacon.nextRound(), 1);
        vm.warp(1_692_803_367 - DELAY - BACKDATING + 1);
        eq(beacon.nextRound(), 2);
        vm.warp(1_692_803_367 - DELAY - BACKDATING + 3);
        eq(beacon.nextRound(), 2);
        vm.warp(1_692_803_367 - DELAY - BACKDATING + 4);
        eq(beacon.nextRound(), 3);
    }

    function testFuzz_nextRound(uint64 time, uint16 period, uint32 genesis) public {
        DrandChain memory chain = ownChain();
        (chain.genesis, chain.period) = (uint64(bound(genesis, 1, 1 << 32)), uint64(bound(period, 1, 1 << 16)));
        beacon = new DrandBeacon(chain, windows(), shown.number, shown.proof);
        time = uint64(bound(time, 1, 1 << 40));
        vm.warp(time);
        uint64 next = beacon.nextRound();
        uint256 earliest = uint256(time) + DELAY + BACKDATING;
        require(beacon.startsAt(next) >= earliest, "known too early");
        require(next == 1 || beacon.startsAt(next - 1) < earliest, "not the first");
    }

    function test_PublishedRoundsOfQuicknetVerify() public {
        beacon = deployQuicknet();
        for (uint256 i = 0; i < 2; ++i) {
            Round memory round = roundAt(QUICKNET, i);
            vm.warp(beacon.startsAt(round.number));
            vm.expectEmit(address(beacon));
            emit IBeacon.BeaconPosted(round.number, round.value, OUTSIDER);
            vm.prank(OUTSIDER); // anyone
            eq(beacon.post(round.number, round.proof), round.value);
            eq(beacon.valueOf(round.number), round.value);
        }
    }

    function test_RevertWhen_TheRoundIsOfDrandsTestnet() public {
        Round memory round = readRound(".beacon.testnet");
        beacon = deployQuicknet();
        vm.warp(beacon.startsAt(round.number));
        refusesProof(round.number, round.proof);
        DrandChain memory testnet = quicknet(); // it is one of theirs all the same
        testnet.key = keyAt(".beacon.testnet");
        testnet.genesis = uint64(vm.parseJsonUint(json, ".beacon.testnet.genesis"));
        beacon = new DrandBeacon(testnet, windows(), round.number, round.proof);
        vm.warp(testnet.genesis);
        eq(beacon.post(round.number, round.proof), round.value);
    }

    /// @notice Signed by another implementation: every round, from the first to the last there is.
    function test_RoundsOfOurOwnChainVerify() public {
        for (uint256 i = 0; i < OWN_ROUNDS; ++i) {
            Round memory round = roundAt(OWN, i);
            vm.warp(round.number);
            eq(beacon.post(round.number, round.proof), sha256(round.signature));
            eq(beacon.valueOf(round.number), round.value);
        }
    }

    function testFuzz_post(uint64 round, uint64 wait) public {
        round = uint64(bound(round, 1, type(uint64).max - 30 days));
        wait = uint64(bound(wait, 0, 28 days));
        vm.warp(uint256(round) + wait);
        bytes memory proof = sign(round);
        if (wait > WINDOW) {
            vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooLate.selector, round));
            beacon.post(round, proof);
            require(beacon.isVoid(round), "not void");
        } else {
            bytes32 value = beacon.post(round, proof);
            eq(beacon.valueOf(round), value);
            require(!beacon.isVoid(round), "void");
        }
    }

    /// @notice One changed bit anywhere makes it the signature of nothing.
    function testFuzz_RevertWhen_ABitIsChanged(uint16 bit) public {
        bit = uint16(bound(bit, 0, 128 * 8 - 1));
        bytes memory proof = shown.proof;
        proof[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        refusesProof(shown.number, proof);
    }

    function testFuzz_RevertWhen_TheProofIsForged(bytes32 scalar, uint64 other) public {
        vm.assume(other != shown.number);
        refusesProof(shown.number, sign(other));
        if (uint256(scalar) % ORDER != 1) refusesProof(shown.number, multiply(shown.proof, scalar));
    }

    function test_RevertWhen_ItIsTheSignatureOfAnotherRound() public {
        refusesProof(shown.number, roundAt(OWN, 10).proof);
        refusesProof(shown.number, sign(shown.number + 1));
        eq(beacon.post(shown.number, sign(shown.number)), shown.value);
    }

    function test_RevertWhen_ItIsNoPointOfTheGroup() public {
        refusesProof(shown.number, new bytes(128)); // infinity
        refusesProof(shown.number, vm.parseJsonBytes(json, ".beacon.outsideTheSubgroup"));
        bytes memory proof = shown.proof;
        proof[127] ^= 0x01; // off the curve
        refusesProof(shown.number, proof);
        (bytes32 xHigh, bytes32 xLow, bytes32 yHigh, bytes32 yLow) = abi.decode(
            shown.proof,
            (bytes32, bytes32, bytes32, bytes32)
        );
        refusesProof(shown.number, abi.encode(yHigh, yLow, xHigh, xLow));
        (uint256 high, uint256 low) = subtract(P_HIGH, P_LOW, uint256(yHigh), uint256(yLow));
        refusesProof(shown.number, abi.encode(xHigh, xLow, high, low)); // its negative
    }

    /// @notice A coordinate plus p is the same number: it would be a second way to write, and to hash, one signature.
    function test_RevertWhen_ACoordinateIsNotBelowTheModulus() public {
        (uint256 xHigh, uint256 xLow, uint256 yHigh, uint256 yLow) = abi.decode(
            shown.proof,
            (uint256, uint256, uint256, uint256)
        );
        (uint256 high, uint256 low) = addModulus(xHigh, xLow);
        refusesProof(shown.number, abi.encode(high, low, yHigh, yLow));
        (high, low) = addModulus(yHigh, yLow);
        refusesProof(shown.number, abi.encode(xHigh, xLow, high, low));
        refusesProof(shown.number, abi.encode(P_HIGH, P_LOW, yHigh, yLow));
        refusesProof(shown.number, abi.encode(xHigh, xLow, P_HIGH, P_LOW));
        refusesProof(shown.number, abi.encode(xHigh | (1 << 128), xLow, yHigh, yLow));
        refusesProof(shown.number, abi.encode(xHigh, xLow, yHigh | (1 << 255), yLow));
    }

    /// @notice Whatever a chain's precompile lets pass.
    function test_TheContractItselfRefusesWhatIsNotCanonical() public {
        vm.mockCall(PAIRING, "", abi.encode(1));
        refusesProof(shown.number, abi.encode(P_HIGH, P_LOW, 0, 0));
        refusesProof(shown.number, abi.encode(0, 0, P_HIGH, P_LOW));
        refusesProof(shown.number, abi.encode(P_HIGH + 1, 0, 0, 0));
        refusesProof(shown.number, abi.encode(0, 0, P_HIGH + 1, 0));
        refusesProof(shown.number, "");
        refusesProof(shown.number, bytes.concat(shown.proof, hex"00"));
        beacon.post(shown.number, abi.encode(P_HIGH, P_LOW - 1, P_HIGH, P_LOW - 1));
        vm.clearMockedCalls();
    }

    /// @notice The larger y of a pair is the one above (p - 1) / 2.
    function test_ASignatureIsCompressedAsDrandDoes() public {
        vm.mockCall(PAIRING, "", abi.encode(1));
        (uint256 high, uint256 low) = (P_HIGH / 2, P_LOW / 2 + (1 << 255)); // P_HIGH is odd
        bytes memory x = bytes.concat(new bytes(46), hex"0102");
        bytes memory padded = bytes.concat(new bytes(16), x);
        x[0] = 0x80;
        eq(beacon.post(shown.number, bytes.concat(padded, abi.encode(high, low))), sha256(x));
        vm.warp(shown.number + 2);
        x[0] = 0xa0;
        eq(beacon.post(shown.number + 1, bytes.concat(padded, abi.encode(high, low + 1))), sha256(x));
        eq(beacon.post(shown.number + 2, bytes.concat(padded, abi.encode(high + 1, 0))), sha256(x));
        vm.clearMockedCalls();
    }

    function test_RevertWhen_TheProofHasAnotherLength() public {
        refusesProof(shown.number, "");
        refusesProof(shown.number, shown.signature);
        refusesProof(shown.number, bytes.concat(shown.proof, hex"00"));
        bytes memory cut = shown.proof;
        assembly ("memory-safe") {
            mstore(cut, 127)
        }
        refusesProof(shown.number, cut);
    }

    function test_RevertWhen_PostedTwice() public {
        beacon.post(shown.number, shown.proof);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_AlreadyPosted.selector, shown.number, shown.value));
        beacon.post(shown.number, shown.proof);
    }

    function test_RevertWhen_TheRoundHasNotStarted() public {
        vm.warp(shown.number - 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooEarly.selector, shown.number));
        beacon.post(shown.number, shown.proof);
        require(!beacon.isVoid(shown.number) && !beacon.isPosted(shown.number), "known");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_NotPosted.selector, shown.number));
        beacon.valueOf(shown.number);
    }

    function test_ARoundThatNobodyPostsIsVoidForGood() public {
        vm.warp(uint256(shown.number) + WINDOW);
        require(!beacon.isVoid(shown.number), "void in its last second");
        vm.warp(uint256(shown.number) + WINDOW + 1);
        require(beacon.isVoid(shown.number), "not void");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooLate.selector, shown.number));
        beacon.post(shown.number, shown.proof);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_NotPosted.selector, shown.number));
        beacon.valueOf(shown.number);
    }

    function test_ARoundPostedInItsLastSecondStays() public {
        vm.warp(uint256(shown.number) + WINDOW);
        beacon.post(shown.number, shown.proof);
        vm.warp(uint256(shown.number) + 2 * WINDOW);
        require(beacon.isPosted(shown.number) && !beacon.isVoid(shown.number), "gone");
        eq(beacon.valueOf(shown.number), shown.value);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_TooLate.selector, shown.number));
        beacon.post(shown.number, shown.proof);
    }

    function test_RevertWhen_TheRoundIsZero() public {
        bytes memory reason = abi.encodeWithSelector(IDrandBeacon.DrandBeacon_InvalidRound.selector, 0);
        vm.expectRevert(reason);
        beacon.startsAt(0);
        vm.expectRevert(reason);
        beacon.post(0, shown.proof);
        vm.expectRevert(reason);
        beacon.isVoid(0);
    }

    function refusesProof(uint64 round, bytes memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(IBeacon.Beacon_InvalidProof.selector, round));
        beacon.post(round, proof);
    }

    function cannotVerify(DrandChain memory chain) private {
        refuses(chain, windows(), abi.encodeWithSelector(IDrandBeacon.DrandBeacon_CannotVerify.selector, shown.number));
    }

    function refuses(DrandChain memory chain, DrandWindows memory windows_, bytes memory reason) private {
        Round memory round = shown;
        vm.expectRevert(reason);
        this.deploy(chain, windows_, round.number, round.proof);
    }

    /// @notice A call of its own: forge does not notice a bare `new` that should have reverted and did not.
    function deploy(DrandChain memory chain, DrandWindows memory windows_, uint64 round, bytes memory proof) external {
        new DrandBeacon(chain, windows_, round, proof);
    }

    function addModulus(uint256 high, uint256 low) private pure returns (uint256, uint256) {
        unchecked {
            uint256 sum = low + P_LOW;
            return (high + P_HIGH + (sum < low ? 1 : 0), sum);
        }
    }

    function subtract(uint256 aHigh, uint256 aLow, uint256 high, uint256 low) private pure returns (uint256, uint256) {
        unchecked {
            return (aHigh - high - (aLow < low ? 1 : 0), aLow - low);
        }
    }
}
